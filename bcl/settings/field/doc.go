// Package field is how libraries report a setting that cannot be used: by its Go field.
// Commands turn that into the flag's name. It needs only the standard library.
package field
