// Package notices has the licences of what the commands hold of others: Go modules, Go itself,
// and libjpeg-turbo, which is linked statically. libtorch and NVIDIA's libraries are files of
// their own, with their licences beside them.
//
// After go.mod has changed: go test ./third_party/notices -update.
package notices

import _ "embed"

// Text is all of them.
//
//go:embed NOTICES.txt
var Text string
