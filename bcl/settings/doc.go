// Package settings is how settings are named and written: one spelling of names for
// flags, config.yaml and presets, and YAML that is safe to read. It is pure Go.
package settings
