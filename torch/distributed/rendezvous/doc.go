// Package rendezvous tells from environment variables which process of how many this is and
// where they meet: those of torchrun, Slurm's srun, MPI, Kubeflow's TrainJob and JobSet. It
// reads them and needs none: without any a process is alone.
package rendezvous
