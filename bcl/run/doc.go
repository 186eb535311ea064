// Package run is the folder of a training run, pure Go: the names of its files, which
// checkpoint is the newest, the lock, and the schemas of its JSON. Training writes it;
// evaluation, experiments and reports read it. Of a checkpoint it reads only the
// position; package checkpoint reads the rest.
//
// A run folder holds
//
//	config.yaml       every setting
//	command.txt       the command line
//	environment.json  versions, machine, threads
//	log.txt           messages
//	metrics.jsonl     a line per epoch
//	evaluations.jsonl a line per evaluation, if there are any
//	samples.csv       row, name and class of each sample
//	momentum_loss.npy momentum loss of each sample, a row per epoch
//	signal_<s>.npy    signal s of each sample, a row per epoch (package signal)
//	model.pt          the newest checkpoint
//	model_previous.pt the one before, should the newest be damaged; perhaps more
//	model_<n>.pt      checkpoints that are kept, every few epochs
//
// The history, momentum_loss.npy and signals, grows in place (npy.Rows). Other files are written to a
// temporary name, synced and renamed, so each is complete or absent; checkpoints during
// training ([Dir.Replace]). The folder is locked while a process writes to it.
// docs/format.md describes them.
package run
