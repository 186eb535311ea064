// Package run is the folder of a training run, pure Go: the names of its files, which
// checkpoint is the newest, the lock, and the schemas of its JSON. Training writes it;
// evaluation, experiments and reports read it. Of what is inside a checkpoint it reads the position;
// package checkpoint knows the rest.
//
// A run folder holds
//
//	config.yaml       every setting
//	command.txt       the command line
//	environment.json  versions, machine, threads
//	log.txt           what was said
//	metrics.jsonl     a line an epoch
//	evaluations.jsonl a line an evaluation, if there are any
//	momentum_loss.npy momentum loss of each sample, a row an epoch
//	model.pt          the newest checkpoint
//	model_previous.pt the one before, should the newest be damaged; perhaps more
//	model_<n>.pt      checkpoints that stay, every so many epochs
//
// The history momentum_loss.npy grows in place (npy.Rows). Whole files are written to
// a temporary name, synced and renamed, so each is there in full or not at all;
// checkpoints while training continues ([Dir.Replace]). The folder is locked while a
// process writes to it.
// docs/format.md describes them.
package run
