// Package authors rewrites the command lines of the authors' programs, train.py,
// train_sdclr.py and test.py, into ours before they are parsed: bcl-train and bcl-eval
// only know their own flags. The result also holds what no flag expresses: the defaults
// of their programs, where lists are searched, the differences from the authors' code,
// and the lines that programs read.
//
// --data-folder marks a line as theirs; --dataset, --bcl, --gpus, --checkpoint, "--resume
// True" and the protocols of test.py may also be mixed with our flags.
package authors
