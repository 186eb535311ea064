// Package bcltrain is the command bcl-train: settings from flags and files, the data
// set, the run directory, and the loop over the epochs.
package bcltrain
