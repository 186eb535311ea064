// Package authors rewrites the command lines of the authors' programs, train.py,
// train_sdclr.py and test.py, into ours before they are parsed: bcl-train and bcl-eval
// know their own flags alone. What no argument says is in what the rewriting returns:
// what such a line means by what it leaves out, where it looks for lists, what is done
// otherwise than in the authors' code, and the lines that programs read.
//
// --data-folder marks a line as theirs; --dataset, --bcl, --gpus, --checkpoint,
// "--resume True" and the protocols of test.py may be given beside our flags as well.
package authors
