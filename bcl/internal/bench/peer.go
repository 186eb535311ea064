package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/internal/peer"
)

// torchvision is a running peer.py.
type torchvision struct {
	*peer.Peer
	versions string
}

func start(python, script string) (*torchvision, error) {
	program, err := peer.Start(python, script)
	if err != nil {
		return nil, err
	}
	p := &torchvision{Peer: program}
	if p.versions, err = p.line(); err != nil {
		p.Close()
		return nil, fmt.Errorf("%s %s: %w", python, script, err)
	}
	return p, nil
}

func (p *torchvision) line() (string, error) {
	s, err := p.Out.ReadString('\n')
	return strings.TrimSpace(s), err
}

// rate asks for one measurement.
func (p *torchvision) rate(task string, seconds float64) (float64, error) {
	if _, err := fmt.Fprintf(p.In, "%s %v\n", task, seconds); err != nil {
		return 0, err
	}
	s, err := p.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(s, 64)
}
