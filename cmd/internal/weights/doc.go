// Package weights has the flags with which commands read files of weights, and opens the
// files as the flags say. Its errors name the flags that settle them.
package weights
