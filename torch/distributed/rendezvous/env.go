package rendezvous

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Place is the place of a process among those of its run.
type Place struct {
	Rank, World           int // of all machines
	LocalRank, LocalWorld int // of this machine
	Host                  string
	Port                  int    // of the store
	Served                bool   // by the launcher; else rank 0 serves it
	Attempt               string // of the launcher, which restarts processes with the same store
	By                    string // whose variables said so; "": none did
}

// DefaultPort is PyTorch's.
const DefaultPort = 29500

// Timeout is how long a process waits for another before it ends, by default.
const Timeout = 60 * time.Second

// Address is where the processes meet.
func (p Place) Address() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.Port)) }

// Alone is the place of the only process.
var Alone = Place{World: 1, LocalWorld: 1}

// env reads variables and keeps the first error.
type env struct {
	get func(string) string
	err error
}

// number returns a variable's number, -1 without it.
func (e *env) number(name string) int {
	text := e.get(name)
	if text == "" {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		e.fail("%s is %q, expected a number from 0", name, text)
		return -1
	}
	return n
}

func (e *env) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

// Of returns the place that environment variables tell. Where several launchers left theirs the
// innermost counts: torchrun's before those of the scheduler that started torchrun.
func Of(get func(name string) string) (Place, error) {
	e := &env{get: get}
	p := Alone
	switch {
	case get("RANK") != "" && (get("LOCAL_RANK") != "" || get("WORLD_SIZE") != ""):
		p = e.torchrun()
	case get("OMPI_COMM_WORLD_RANK") != "":
		p = e.mpi("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE")
	case e.number("SLURM_STEP_NUM_TASKS") > 1:
		p = e.slurm()
	case get("PMI_RANK") != "" && get("SLURM_PROCID") == "": // which srun sets too, also in steps of one task
		p = e.mpi("MPI", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS")
	default:
		nodes, by := e.nodes()
		if n := e.perNode(by); by != "" && n > 1 {
			return p, &ProcessesError{n}
		}
		if by != "" {
			p = Place{Rank: nodes.Rank, World: nodes.World, LocalWorld: 1, By: by}
		}
	}
	if e.err == nil && p.World > 1 {
		e.meet(&p)
	}
	if e.err == nil && (p.World < 1 || p.Rank < 0 || p.Rank >= p.World || p.LocalRank < 0 || p.LocalRank >= p.LocalWorld) {
		e.fail("%s say rank %d of %d, local rank %d of %d: expected a rank below the number of processes", p.By, p.Rank, p.World, p.LocalRank, p.LocalWorld)
	}
	return p, e.err
}

// ProcessesError says that each machine is to run several processes, and nothing started them.
type ProcessesError struct{ PerNode int }

func (e *ProcessesError) Error() string {
	return fmt.Sprintf("PET_NPROC_PER_NODE is %d, but this is one process: --nproc %[1]d or torchrun --no-python starts them", e.PerNode)
}

func or(n, other int) int {
	if n < 0 {
		return other
	}
	return n
}

// torchrun reads torchrun's variables. Some clouds and Kubeflow's older jobs set RANK and
// WORLD_SIZE for each machine, without LOCAL_RANK: with one process on each the same.
func (e *env) torchrun() Place {
	p := Place{Rank: e.number("RANK"), World: or(e.number("WORLD_SIZE"), 1), By: "RANK and WORLD_SIZE"}
	p.LocalRank = or(e.number("LOCAL_RANK"), 0)
	p.LocalWorld = or(e.number("LOCAL_WORLD_SIZE"), p.LocalRank+1)
	p.Served = e.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
	p.Attempt = e.get("TORCHELASTIC_RESTART_COUNT")
	return p
}

// slurm reads the variables of a step of srun. The batch script itself has SLURM_PROCID and
// SLURM_NTASKS too, where it is alone: only a step has SLURM_STEP_NUM_TASKS.
func (e *env) slurm() Place {
	p := Place{Rank: e.number("SLURM_PROCID"), World: e.number("SLURM_STEP_NUM_TASKS"), LocalRank: or(e.number("SLURM_LOCALID"), 0), By: "Slurm's variables"}
	p.LocalWorld = p.LocalRank + 1
	// Such as 4(x2),3: two machines of four tasks, one of three; this one is SLURM_NODEID.
	if counts, err := perNode(e.get("SLURM_STEP_TASKS_PER_NODE")); err == nil {
		if node := e.number("SLURM_NODEID"); node >= 0 && node < len(counts) {
			p.LocalWorld = counts[node]
		}
	}
	p.Host = firstHost(e.get("SLURM_STEP_NODELIST"))
	if p.Host == "" {
		p.Host = firstHost(e.get("SLURM_JOB_NODELIST"))
	}
	// Two jobs may share a machine.
	if job := e.number("SLURM_JOB_ID"); job >= 0 {
		p.Port = 20000 + (job*16+max(e.number("SLURM_STEP_ID"), 0))%20000
	}
	p.Attempt = e.get("SLURM_RESTART_COUNT")
	return p
}

func (e *env) mpi(by, rank, size, localRank, localSize string) Place {
	p := Place{Rank: e.number(rank), World: or(e.number(size), 1), LocalRank: or(e.number(localRank), 0), By: by + "'s variables"}
	p.LocalWorld = or(e.number(localSize), p.LocalRank+1)
	if p.LocalWorld == p.World {
		p.Host = "127.0.0.1"
	}
	return p
}

// nodes are machines: this is number Rank of World.
type nodes struct{ Rank, World int }

// nodes reads variables that say which machine this is, not which process: those of a TrainJob
// (PET_, which torchrun reads), or the index of a pod of an indexed Job, as JobSet makes them,
// with the number of pods in WORLD_SIZE or NNODES.
func (e *env) nodes() (n nodes, by string) {
	n = nodes{0, 1}
	if world := e.number("PET_NNODES"); world > 0 {
		rank := e.number("PET_NODE_RANK")
		if rank < 0 {
			rank = e.number("JOB_COMPLETION_INDEX")
		}
		if rank < 0 && world > 1 {
			e.fail("PET_NNODES is %d, but neither PET_NODE_RANK nor JOB_COMPLETION_INDEX says which machine this is", world)
		}
		return nodes{max(rank, 0), world}, "PET_NNODES and PET_NODE_RANK"
	}
	index := e.number("JOB_COMPLETION_INDEX")
	for _, name := range []string{"WORLD_SIZE", "NNODES"} {
		if world := e.number(name); index >= 0 && world > 0 {
			return nodes{index, world}, "JOB_COMPLETION_INDEX and " + name
		}
	}
	return n, ""
}

// perNode is PET_NPROC_PER_NODE, 1 by default.
func (e *env) perNode(by string) int {
	if !strings.HasPrefix(by, "PET_") {
		return 1
	}
	switch text := e.get("PET_NPROC_PER_NODE"); text {
	case "", "auto", "cpu", "gpu":
		return 1 // a number of devices, which torchrun would count
	default:
		return or(e.number("PET_NPROC_PER_NODE"), 1)
	}
}

// meet sets where processes meet: MASTER_ADDR and MASTER_PORT say it, or a TrainJob's, or the
// launcher has named a machine.
func (e *env) meet(p *Place) {
	for _, prefix := range []string{"", "PET_"} {
		if host := e.get(prefix + "MASTER_ADDR"); host != "" {
			p.Host = host
			if port := e.number(prefix + "MASTER_PORT"); port > 0 {
				p.Port = port
			}
			break
		}
	}
	if p.Host == "" {
		e.fail("%s say that this is process %d of %d, but not where they meet: set MASTER_ADDR to the machine of rank 0, and MASTER_PORT to a free port of it", p.By, p.Rank, p.World)
	}
	if p.Port == 0 {
		p.Port = DefaultPort
	}
}

// perNode reads a list such as 4(x2),3.
func perNode(text string) (counts []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		times := 1
		if n, rest, ok := strings.Cut(part, "(x"); ok {
			part = n
			if times, err = strconv.Atoi(strings.TrimSuffix(rest, ")")); err != nil {
				return nil, err
			}
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		if times > 1<<20 {
			return nil, errors.New("too many machines")
		}
		for range times {
			counts = append(counts, n)
		}
	}
	return counts, nil
}

// firstHost is the first of Slurm's list of machines, such as gpu[003-005,9],login.
func firstHost(list string) string {
	open := strings.IndexAny(list, "[,")
	if open < 0 || list[open] == ',' {
		host, _, _ := strings.Cut(list, ",")
		return host
	}
	first := list[open+1:]
	if end := strings.IndexAny(first, "-,]"); end >= 0 {
		rest := ""
		if closed := strings.IndexByte(first, ']'); closed >= 0 {
			rest, _, _ = strings.Cut(first[closed+1:], ",")
		}
		return list[:open] + first[:end] + rest
	}
	return list
}
