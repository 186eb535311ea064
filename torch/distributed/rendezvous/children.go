package rendezvous

import (
	"fmt"
	"strconv"
)

// machine reads which machine of how many this is, where a launcher is still to start its
// processes.
func (e *env) machine() (n nodes, by string) {
	n, by = e.nodes()
	if by == "" && e.get("RANK") != "" && e.get("WORLD_SIZE") != "" {
		return nodes{e.number("RANK"), or(e.size("WORLD_SIZE"), 1)}, "RANK and WORLD_SIZE, without LOCAL_RANK,"
	}
	if by == "" {
		e.checkAlone()
	}
	return n, by
}

// World returns how many processes n on each machine are, as variables of get say how many
// machines there are.
func World(get func(name string) string, n int) (int, error) {
	e := &env{get: get}
	machine, _ := e.machine()
	return machine.World * n, e.err
}

// Children returns the variables, as torchrun sets them, of n processes of this machine that
// someone without a launcher starts. Variables of get may say which machine of how many this
// is; port is a free one for a machine alone.
func Children(get func(name string) string, n, port int) ([][]string, error) {
	if n < 1 {
		return nil, fmt.Errorf("%d processes, expected at least 1", n)
	}
	if get("LOCAL_RANK") != "" {
		return nil, fmt.Errorf("LOCAL_RANK is %q: a launcher has started this process already, with others", get("LOCAL_RANK"))
	}
	e := &env{get: get}
	machine, by := e.machine()
	if n > largest/machine.World {
		e.fail("%d processes on each of %d machines are too many", n, machine.World)
		return nil, e.err
	}
	p := Place{Rank: machine.Rank, World: machine.World, Host: "127.0.0.1", Port: port, By: by}
	if machine.World > 1 {
		p.Host, p.Port = "", 0
		e.meet(&p)
	}
	if e.err == nil && machine.Rank >= machine.World {
		e.fail("%s say machine %d of %d, expected a number below", by, machine.Rank, machine.World)
	}
	if e.err != nil {
		return nil, e.err
	}
	var children [][]string
	for i := range n {
		children = append(children, []string{
			"RANK=" + strconv.Itoa(machine.Rank*n+i), "WORLD_SIZE=" + strconv.Itoa(machine.World*n),
			"LOCAL_RANK=" + strconv.Itoa(i), "LOCAL_WORLD_SIZE=" + strconv.Itoa(n),
			"MASTER_ADDR=" + p.Host, "MASTER_PORT=" + strconv.Itoa(p.Port),
		})
	}
	return children, nil
}
