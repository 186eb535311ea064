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
		"WORLD_SIZE=1":                                                                                            Alone,
		slurm + "SLURM_PROCID=4 SLURM_LOCALID=1 WORLD_SIZE=5":                                                     {4, 5, 1, 2, "gpu003x", 35376, false, "", "Slurm's variables"}, // which scripts export
		slurm + "SLURM_PROCID=4 SLURM_LOCALID=1 MASTER_PORT=7":                                                    {4, 5, 1, 2, "gpu003x", 7, false, "", "Slurm's variables"},
		"RANK=1 WORLD_SIZE=2 MASTER_ADDR=fe80::1 MASTER_PORT=65535":                                               {1, 2, 0, 1, "fe80::1", 65535, false, "", "RANK and WORLD_SIZE"},
		"RANK=1 WORLD_SIZE=2 MASTER_PORT=7 PET_MASTER_ADDR=a PET_MASTER_PORT=9":                                   {1, 2, 0, 1, "a", 9, false, "", "RANK and WORLD_SIZE"},
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
		"PET_NNODES=2": "which machine this is",

		// One alone is no place.
		"RANK=0":                    `RANK is "0", but WORLD_SIZE, the number of processes, is not set`,
		"RANK=0 LOCAL_RANK=0":       `RANK is "0", but WORLD_SIZE, the number of processes, is not set`,
		"WORLD_SIZE=4":              `WORLD_SIZE is "4", but RANK, the number of this process, is not set`,
		"WORLD_SIZE=x":              `WORLD_SIZE is "x", but RANK`,
		"LOCAL_RANK=1":              `LOCAL_RANK is "1", but RANK and WORLD_SIZE are not set`,
		"WORLD_SIZE=2 LOCAL_RANK=1": "but RANK, the number of this process, is not set",

		// Each variable is checked.
		"RANK=0 WORLD_SIZE=0":                                                `WORLD_SIZE is "0", expected a number from 1 to 1048576`,
		"RANK=0 WORLD_SIZE=1e3":                                              `WORLD_SIZE is "1e3"`,
		"RANK=0 WORLD_SIZE=99999999999":                                      `WORLD_SIZE is "99999999999", expected a number from 1 to 1048576`,
		"RANK=0 WORLD_SIZE=2 LOCAL_RANK=-1":                                  `LOCAL_RANK is "-1"`,
		"RANK=0 WORLD_SIZE=2 LOCAL_RANK=0 LOCAL_WORLD_SIZE=0":                `LOCAL_WORLD_SIZE is "0"`,
		"RANK=0 WORLD_SIZE=2 LOCAL_WORLD_SIZE=3 MASTER_ADDR=a":               "local rank 0 of 3",
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=99999":                `MASTER_PORT is "99999", expected a number from 1 to 65535`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=0":                    `MASTER_PORT is "0"`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=http":                 `MASTER_PORT is "http"`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a:29500":                            `MASTER_ADDR is "a:29500", expected the name or address of a machine, without a port`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=tcp://a":                            `MASTER_ADDR is "tcp://a"`,
		"RANK=0 WORLD_SIZE=2 PET_MASTER_ADDR=a/b":                            `PET_MASTER_ADDR is "a/b"`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a TORCHELASTIC_USE_AGENT_STORE=yes": `TORCHELASTIC_USE_AGENT_STORE is "yes", expected True or False`,
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a TORCHELASTIC_RESTART_COUNT=x":     `TORCHELASTIC_RESTART_COUNT is "x"`,
		"OMPI_COMM_WORLD_RANK=a OMPI_COMM_WORLD_SIZE=2":                      `OMPI_COMM_WORLD_RANK is "a"`,
		"OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=-2":                     `OMPI_COMM_WORLD_SIZE is "-2"`,
		"PMI_RANK=1 PMI_SIZE=2 MPI_LOCALNRANKS=q":                            `MPI_LOCALNRANKS is "q"`,
		"SLURM_STEP_NUM_TASKS=two":                                           `SLURM_STEP_NUM_TASKS is "two"`,
		slurm + "SLURM_PROCID=x":                                             `SLURM_PROCID is "x"`,
		slurm + "SLURM_PROCID=0 SLURM_LOCALID=x":                             `SLURM_LOCALID is "x"`,
		slurm + "SLURM_PROCID=0 SLURM_STEP_TASKS_PER_NODE=3(x2":              `SLURM_STEP_TASKS_PER_NODE is "3(x2", expected a list such as 4(x2),3`,
		slurm + "SLURM_PROCID=0 SLURM_NODEID=2":                              `SLURM_NODEID is 2, but SLURM_STEP_TASKS_PER_NODE, "3,2", is of 2 machines`,
		slurm + "SLURM_PROCID=0 SLURM_STEP_NODELIST=gpu[1":                   `SLURM_STEP_NODELIST is "gpu[1", expected a list`,
		slurm + "SLURM_PROCID=0 SLURM_JOB_ID=x":                              `SLURM_JOB_ID is "x"`,
		"PET_NNODES=1:4":                                                     `PET_NNODES is "1:4"`,
		"PET_NNODES=2 PET_NODE_RANK=x":                                       `PET_NODE_RANK is "x"`,
		"PET_NNODES=1 PET_NPROC_PER_NODE=0":                                  `PET_NPROC_PER_NODE is "0"`,
		"JOB_COMPLETION_INDEX=x WORLD_SIZE=2":                                `JOB_COMPLETION_INDEX is "x"`,
		"JOB_COMPLETION_INDEX=0 NNODES=0":                                    `NNODES is "0"`,
		"JOB_COMPLETION_INDEX=2 NNODES=2 MASTER_ADDR=a":                      "rank 2 of 2",
		"PET_NNODES=1 PET_NPROC_PER_NODE=4":                                  "--nproc 4",
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
		"RANK=1":                            "WORLD_SIZE, the number of processes, is not set",
		"WORLD_SIZE=2":                      "RANK, the number of this process, is not set",
		"RANK=1 WORLD_SIZE=1048576":         "2 processes on each of 1048576 machines are too many",
	} {
		if _, err := Children(vars(line), 2, 5); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: error %v, want %q in it", line, err, words)
		}
	}
	if n, err := World(vars("RANK=1 WORLD_SIZE=3"), 4); n != 12 || err != nil {
		t.Errorf("4 processes on each of 3 machines are %d, error %v", n, err)
	}
	if n, err := World(vars(""), 4); n != 4 || err != nil {
		t.Errorf("4 processes of one machine are %d, error %v", n, err)
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
