// Package field is how libraries say which setting cannot be used: by the Go field that
// has it. Commands turn that into the flag's name. It needs the standard library alone.
package field
