// Package settings is how settings are declared, named and written: a table that lists
// each once, one spelling of names for flags, config.yaml and presets, and YAML that is
// safe to read. It is pure Go.
package settings
