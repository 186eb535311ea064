// Package verify reads the images of a command's data before they are needed, shows
// the progress, and names those that cannot be read.
package verify
