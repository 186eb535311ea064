package rendezvous

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
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

// largest is the largest number of processes that is taken for one.
const largest = 1 << 20

// Timeout is how long a process waits for another before it ends, by default.
const Timeout = 60 * time.Second

// Join is how long the processes wait for each other at first, by default (torchrun's
// join_timeout).
const Join = 10 * time.Minute

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
func (e *env) number(name string) int { return e.within(name, 0, math.MaxInt) }

// within is number, of those from least to most.
func (e *env) within(name string, least, most int) int {
	text := e.get(name)
	if text == "" {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err == nil && n >= least && n <= most {
		return n
	}
	if most == math.MaxInt {
		e.fail("%s is %q, expected a number from %d", name, text, least)
	} else {
		e.fail("%s is %q, expected a number from %d to %d", name, text, least, most)
	}
	return -1
}

// size returns a variable's number of processes or machines, -1 without it.
func (e *env) size(name string) int { return e.within(name, 1, largest) }

// port returns a variable's port, -1 without it.
func (e *env) port(name string) int { return e.within(name, 1, math.MaxUint16) }

// attempt returns how often a launcher has restarted this process, as a variable says.
func (e *env) attempt(name string) string {
	e.number(name)
	return e.get(name)
}

// host returns a variable's machine, "" without it.
func (e *env) host(name string) string {
	text := e.get(name)
	if text != "" && !isHost(text) {
		e.fail("%s is %q, expected the name or address of a machine, without a port", name, text)
		return ""
	}
	return text
}

func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return text != "" && len(text) < 256 && !strings.ContainsFunc(text, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_')
	})
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
	case get("RANK") != "" && get("WORLD_SIZE") != "":
		p = e.torchrun()
	case get("OMPI_COMM_WORLD_RANK") != "":
		p = e.mpi("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE")
	case e.size("SLURM_STEP_NUM_TASKS") > 1:
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
		} else {
			e.checkAlone()
		}
	}
	if e.err == nil && p.World > 1 {
		e.meet(&p)
	}
	if e.err == nil && (p.World < 1 || p.Rank < 0 || p.Rank >= p.World || p.LocalRank < 0 || p.LocalRank >= p.LocalWorld || p.LocalWorld > p.World) {
		e.fail("%s say rank %d of %d, local rank %d of %d: expected ranks below the numbers of processes, and no more of them on this machine than in all", p.By, p.Rank, p.World, p.LocalRank, p.LocalWorld)
	}
	return p, e.err
}

// checkAlone fails where variables say a part of what several processes need: one that trained
// alone would only look like one of them.
func (e *env) checkAlone() {
	rank, world, local := e.get("RANK"), e.get("WORLD_SIZE"), e.get("LOCAL_RANK")
	switch {
	case rank != "" && world == "":
		e.fail("RANK is %q, but WORLD_SIZE, the number of processes, is not set: set both for each process, or neither for one alone", rank)
	case rank == "" && world != "" && world != "1":
		e.fail("WORLD_SIZE is %q, but RANK, the number of this process, is not set: set both for each process, or neither for one alone", world)
	case rank == "" && local != "":
		e.fail("LOCAL_RANK is %q, but RANK and WORLD_SIZE are not set: set all for each process, or none for one alone", local)
	}
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
	p := Place{Rank: e.number("RANK"), World: or(e.size("WORLD_SIZE"), 1), By: "RANK and WORLD_SIZE"}
	p.LocalRank = or(e.number("LOCAL_RANK"), 0)
	p.LocalWorld = or(e.size("LOCAL_WORLD_SIZE"), p.LocalRank+1)
	switch served := e.get("TORCHELASTIC_USE_AGENT_STORE"); served {
	case "", "False":
	case "True":
		p.Served = true
	default:
		e.fail("TORCHELASTIC_USE_AGENT_STORE is %q, expected True or False", served)
	}
	p.Attempt = e.attempt("TORCHELASTIC_RESTART_COUNT")
	return p
}

// slurm reads the variables of a step of srun. The batch script itself has SLURM_PROCID and
// SLURM_NTASKS too, where it is alone: only a step has SLURM_STEP_NUM_TASKS.
func (e *env) slurm() Place {
	p := Place{Rank: e.number("SLURM_PROCID"), World: e.size("SLURM_STEP_NUM_TASKS"), LocalRank: or(e.number("SLURM_LOCALID"), 0), By: "Slurm's variables"}
	p.LocalWorld = p.LocalRank + 1
	// Such as 4(x2),3: two machines of four tasks, one of three; this one is SLURM_NODEID.
	const tasks = "SLURM_STEP_TASKS_PER_NODE"
	if text, node := e.get(tasks), e.number("SLURM_NODEID"); text != "" && node >= 0 {
		counts, err := perNode(text)
		switch {
		case err != nil:
			e.fail("%s is %q, expected a list such as 4(x2),3", tasks, text)
		case node >= len(counts):
			e.fail("SLURM_NODEID is %d, but %s, %q, is of %d machines", node, tasks, text, len(counts))
		default:
			p.LocalWorld = counts[node]
		}
	}
	for _, name := range []string{"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST"} {
		if text := e.get(name); text != "" && p.Host == "" {
			if p.Host = firstHost(text); !isHost(p.Host) && e.get("MASTER_ADDR") == "" {
				e.fail("%s is %q, expected a list of machines such as gpu[003-005,9]", name, text)
			}
		}
	}
	// Two jobs may share a machine.
	if job := e.number("SLURM_JOB_ID"); job >= 0 {
		p.Port = 20000 + (job%20000*16+max(e.number("SLURM_STEP_ID"), 0)%20000)%20000
	}
	p.Attempt = e.attempt("SLURM_RESTART_COUNT")
	return p
}

func (e *env) mpi(by, rank, size, localRank, localSize string) Place {
	p := Place{Rank: e.number(rank), World: or(e.size(size), 1), LocalRank: or(e.number(localRank), 0), By: by + "'s variables"}
	p.LocalWorld = or(e.size(localSize), p.LocalRank+1)
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
	if world := e.size("PET_NNODES"); world > 0 {
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
		if index < 0 || e.get(name) == "" {
			continue
		}
		if world := e.size(name); world > 0 {
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
		return or(e.size("PET_NPROC_PER_NODE"), 1)
	}
}

// meet sets where processes meet: MASTER_ADDR and MASTER_PORT say it, or a TrainJob's, or the
// launcher has named a machine.
func (e *env) meet(p *Place) {
	prefixes := []string{"", "PET_"}
	for i, prefix := range prefixes {
		if host := e.host(prefix + "MASTER_ADDR"); host != "" {
			p.Host, prefixes = host, prefixes[i:i+1]
			break
		}
	}
	for _, prefix := range prefixes {
		if port := e.port(prefix + "MASTER_PORT"); port > 0 {
			p.Port = port
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
			text, closed := strings.CutSuffix(rest, ")")
			if times, err = strconv.Atoi(text); err != nil || !closed {
				return nil, cmp.Or(err, errors.New("a bracket is open"))
			}
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		if n < 1 || times < 1 || times > largest-len(counts) {
			return nil, errors.New("too many machines, or none")
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
