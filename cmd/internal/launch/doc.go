// Package launch starts a command several times, as torchrun would: --nproc of commands whose
// processes work together.
package launch
