package rendezvous

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// vars are variables in a line, NAME=VALUE.
func vars(line string) func(string) string {
	m := map[string]string{}
	for _, f := range strings.Fields(line) {
		name, value, _ := strings.Cut(f, "=")
		m[name] = value
	}
	return func(name string) string { return m[name] }
}

const (
	slurm    = "SLURM_JOB_ID=4711 SLURM_STEP_ID=0 SLURM_NTASKS=5 SLURM_STEP_NUM_TASKS=5 SLURM_STEP_NODELIST=gpu[003-004]x,login SLURM_STEP_TASKS_PER_NODE=3,2 SLURM_NODEID=1 "
	torchrun = "RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1234 "
)

func TestOf(t *testing.T) {
	for line, want := range map[string]Place{
		"": Alone,
		torchrun + "TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=2": {3, 4, 1, 2, "a", 1234, true, "2", "RANK and WORLD_SIZE"},
		// Inside of a step of srun, of mpirun, and of a TrainJob torchrun is the innermost.
		slurm + "SLURM_PROCID=0 OMPI_COMM_WORLD_RANK=0 PET_NNODES=2 PET_NODE_RANK=1 PET_NPROC_PER_NODE=2 " + torchrun: {3, 4, 1, 2, "a", 1234, false, "", "RANK and WORLD_SIZE"},
		"RANK=1 WORLD_SIZE=2 MASTER_ADDR=a":                                                                       {1, 2, 0, 1, "a", 29500, false, "", "RANK and WORLD_SIZE"}, // for each machine
		slurm + "SLURM_PROCID=4 SLURM_LOCALID=1":                                                                  {4, 5, 1, 2, "gpu003x", 35376, false, "", "Slurm's variables"},
		slurm + "SLURM_PROCID=4 SLURM_LOCALID=1 MASTER_ADDR=b MASTER_PORT=7":                                      {4, 5, 1, 2, "b", 7, false, "", "Slurm's variables"},
		slurm + "SLURM_PROCID=4 SLURM_LOCALID=1 MASTER_ADDR=b":                                                    {4, 5, 1, 2, "b", 35376, false, "", "Slurm's variables"},
		"SLURM_PROCID=0 SLURM_NTASKS=8 SLURM_LOCALID=0":                                                           Alone, // a batch script
		"SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 PMI_RANK=0 PMI_SIZE=1":                                             Alone,
		"OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2": {1, 2, 1, 2, "127.0.0.1", 29500, false, "", "Open MPI's variables"},
		"PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=1 MASTER_ADDR=a":                                 {1, 2, 0, 1, "a", 29500, false, "", "MPI's variables"},
		"PET_NNODES=2 PET_NPROC_PER_NODE=1 PET_NODE_RANK=1 PET_MASTER_ADDR=a PET_MASTER_PORT=29501":               {1, 2, 0, 1, "a", 29501, false, "", "PET_NNODES and PET_NODE_RANK"},
		"PET_NNODES=2 JOB_COMPLETION_INDEX=1 PET_MASTER_ADDR=a":                                                   {1, 2, 0, 1, "a", 29500, false, "", "PET_NNODES and PET_NODE_RANK"},
		"JOB_COMPLETION_INDEX=1 WORLD_SIZE=2 MASTER_ADDR=a":                                                       {1, 2, 0, 1, "a", 29500, false, "", "JOB_COMPLETION_INDEX and WORLD_SIZE"},
		"JOB_COMPLETION_INDEX=3":                                                                                  Alone, // an indexed Job of independent pods
		"WORLD_SIZE=4":                                                                                            Alone,
	} {
		got, err := Of(vars(line))
		if err != nil || got != want {
			t.Errorf("%s:\n%+v, want\n%+v; error %v", line, got, want, err)
		}
	}
}

func TestOfErrors(t *testing.T) {
	for line, words := range map[string]string{
		"RANK=1 WORLD_SIZE=2":                              "set MASTER_ADDR",
		"RANK=2 WORLD_SIZE=2 MASTER_ADDR=a":                "rank 2 of 2",
		"RANK=x WORLD_SIZE=2":                              `RANK is "x", expected a number`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=-1": `MASTER_PORT is "-1"`,
		"OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_SIZE=2": "set MASTER_ADDR",
		"PET_NNODES=2":                      "which machine this is",
		"PET_NNODES=1 PET_NPROC_PER_NODE=4": "--nproc 4",
	} {
		if _, err := Of(vars(line)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: error %v, want %q in it", line, err, words)
		}
	}
	_, err := Of(vars("PET_NNODES=1 PET_NPROC_PER_NODE=4"))
	if e, ok := errors.AsType[*ProcessesError](err); !ok || e.PerNode != 4 {
		t.Errorf("error %v", err)
	}
}

func TestChildren(t *testing.T) {
	for line, want := range map[string]string{
		"": "RANK=1 WORLD_SIZE=2 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=5",
		"PET_NNODES=3 PET_NODE_RANK=2 PET_NPROC_PER_NODE=2 PET_MASTER_ADDR=a PET_MASTER_PORT=9": "RANK=5 WORLD_SIZE=6 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=9",
		"RANK=1 WORLD_SIZE=2 MASTER_ADDR=a":                                                     "RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=29500",
	} {
		got, err := Children(vars(line), 2, 5)
		if err != nil || len(got) != 2 || !reflect.DeepEqual(got[1], strings.Fields(want)) {
			t.Errorf("%s: %v, want %s last; error %v", line, got, want, err)
		}
	}
	for line, words := range map[string]string{
		"RANK=0 WORLD_SIZE=2 LOCAL_RANK=0":  "has started this process already",
		"RANK=0 WORLD_SIZE=2":               "set MASTER_ADDR",
		"RANK=2 WORLD_SIZE=2 MASTER_ADDR=a": "machine 2 of 2",
	} {
		if _, err := Children(vars(line), 2, 5); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: error %v, want %q in it", line, err, words)
		}
	}
	if _, err := Children(vars(""), 0, 5); err == nil {
		t.Error("no processes are no error")
	}
}

func TestSlurmLists(t *testing.T) {
	for list, want := range map[string]string{
		"": "", "a": "a", "a,b": "a", "a[1-3]": "a1", "a[01,03]": "a01", "a[7]b,c": "a7b", "a-b[2-3],c": "a-b2", "a[1": "a[1",
	} {
		if got := firstHost(list); got != want {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
	if got, err := perNode("4(x2),3"); err != nil || !reflect.DeepEqual(got, []int{4, 4, 3}) {
		t.Errorf("%v, error %v", got, err)
	}
	for _, bad := range []string{"", "a", "2(xb)", "1(x9999999999)"} {
		if got, err := perNode(bad); err == nil {
			t.Errorf("%s: %v", bad, got)
		}
	}
}
