package train

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/nn"
)

// shared is what training does besides where processes share each batch. Each runs its part of
// the views through the network, whose batch normalisation takes the statistics of all; the
// projections of all are gathered, and every process computes the losses of the whole batch.
// The gradient of its own projections then goes back through its own network, and the
// gradients of the weights are summed: that of the whole batch's loss, exactly. What only sees
// losses and projections, such as objectives, auxiliary losses and memory, is as with one
// process, and the same on all.
type shared struct {
	group   *distributed.ProcessGroup
	sampler *sampler.Sampler
	reducer *distributed.Reducer
}

// GroupError says that training ends because of another process. The state is that of the step
// before, where training can be resumed.
type GroupError struct{ Err error }

func (e *GroupError) Error() string { return e.Err.Error() }
func (e *GroupError) Unwrap() error { return e.Err }

// share prepares the batches of a sampler, in the current scope: networks, which normalise by the
// statistics of all ranks if synced, and the gradients of parameters.
func share(g *distributed.ProcessGroup, networks []nn.Module, parameters []torch.Tensor, s *sampler.Sampler, synced bool) (*shared, error) {
	for _, m := range networks {
		if synced {
			nn.ConvertSyncBatchNorm(m, g)
		}
	}
	reducer, err := distributed.NewReducer(g, parameters)
	return &shared{g, s, reducer}, err
}

// gather returns the gather of results, some rows a sample, of a batch.
func (s *shared) gather(samples int) func(rows torch.Tensor, perSample int) torch.Tensor {
	shares := s.sampler.Shares(samples)
	return func(rows torch.Tensor, perSample int) torch.Tensor {
		of := make([]int64, len(shares))
		for r, n := range shares {
			of[r] = int64(n * perSample)
		}
		return s.group.AllGatherRows(rows, of)
	}
}

// same sets losses to those of rank 0. They are equal already where all machines are; another
// processor may round in another way, and the memory must not differ.
func (s *shared) same(losses []float32) error {
	return torch.Do(func() error {
		t := torch.FromSlice(losses)
		if err := s.group.Broadcast(t, 0); err != nil {
			return err
		}
		copy(losses, torch.Slice[float32](t))
		return nil
	})
}

// sum sums the gradients of parameters over the processes, of which one may have none.
func (s *shared) sum(parameters []torch.Tensor) error {
	return torch.Do(func() (err error) {
		torch.NoGrad(func() {
			var parts []torch.Tensor
			for _, p := range parameters {
				if !p.Grad().Defined() {
					p.SetGrad(torch.Call("zeros_like", p)[0])
				}
				parts = append(parts, p.Grad().Contiguous(torch.ContiguousFormat).View(-1))
			}
			flat := torch.Cat(parts, 0)
			err = s.group.AllReduce(flat, distributed.Sum)
			at := int64(0)
			for _, p := range parameters {
				p.Grad().Copy_(flat.Narrow(0, at, p.Numel()).View(p.Shape()...))
				at += p.Numel()
			}
		})
		return err
	})
}

// What a process says before a step.
const (
	ready    = iota
	stopping // its context has ended
	failed   // it has no views
)

// agree lets all processes take the next step, or none: if ctx has ended or failure is not nil
// in one of them. The error is that of this process, or a *[GroupError] about another.
func (s *shared) agree(ctx context.Context, step int, failure error) error {
	word, own := int64(ready), failure
	switch {
	case failure != nil:
		word = failed
	case ctx.Err() != nil:
		word, own = stopping, ctx.Err()
	}
	why := func(rank int) string { return fmt.Sprintf("why/%d/%d", step, rank) }
	if own != nil {
		text := own
		if word == stopping {
			text = context.Cause(ctx)
		}
		if err := s.group.Set(why(s.group.Rank()), text.Error()); err != nil {
			return &GroupError{err}
		}
	}
	words, err := s.words(word)
	switch {
	case err != nil:
		return &GroupError{s.group.Blame(err)}
	case own != nil:
		return own
	}
	for rank, w := range words {
		if w == ready {
			continue
		}
		text, err := s.group.Await(ctx, why(rank))
		if err != nil {
			return &GroupError{err}
		}
		return &GroupError{&distributed.RankError{Rank: rank, Size: len(words), Text: text}}
	}
	return nil
}

// words gathers a number of each process, through the CPU.
func (s *shared) words(own ...int64) (all []int64, err error) {
	err = torch.Do(func() error {
		out := torch.Zeros([]int64{int64(s.group.Size() * len(own))}, torch.On(torch.Int64, torch.CPU))
		if err := s.group.AllGatherIntoTensor(out, torch.FromSlice(own)); err != nil {
			return err
		}
		all = torch.Slice[int64](out)
		return nil
	})
	return all, err
}

// blame returns err as a *[GroupError] if another process is the reason.
func (s *shared) blame(err error) error {
	_, views := errors.AsType[*ViewsError](err)
	if err == nil || views || errors.Is(err, context.Canceled) {
		return err
	}
	if _, known := errors.AsType[*GroupError](err); known {
		return err
	}
	if _, operator := errors.AsType[*torch.Error](err); !operator {
		if _, known := errors.AsType[*distributed.RankError](err); !known {
			return err
		}
	}
	if found := s.group.Blame(err); !errors.Is(found, err) || found == s.group.Failed() {
		return &GroupError{found}
	}
	return err
}

// Compare returns an error if state differs between the processes that share t's batches:
// weights, running statistics, momentum buffers, or the memory.
func (t *Trainer) Compare() error {
	if t.shared == nil {
		return nil
	}
	sums, err := t.sums()
	if err != nil {
		return err
	}
	all, err := t.shared.words(sums...)
	if err != nil {
		return &GroupError{t.shared.group.Blame(err)}
	}
	for r := 1; r*len(sums) < len(all); r++ {
		for i, what := range []string{"the position", "weights", "momentum buffers", "the memory", "the method's state"} {
			if all[i] != all[r*len(sums)+i] {
				return fmt.Errorf("after step %d %s of rank %d differ from those of rank 0: checksums %08x and %08x (have all processes the same program, settings and kind of device?)",
					t.Step, what, r, all[r*len(sums)+i], all[i])
			}
		}
	}
	return nil
}

// sums are checksums of what Compare compares.
func (t *Trainer) sums() (sums []int64, err error) {
	err = torch.Do(func() error {
		weights, buffers, memory, rest := newSum(), newSum(), newSum(), newSum()
		for _, n := range nn.StateDict(t.Net) {
			weights.tensor(n.Tensor)
		}
		for _, b := range t.Opt.Buffers() {
			buffers.tensor(b)
		}
		for i, l := range t.Memory.Loss() {
			memory.number(uint64(math.Float32bits(l)))
			memory.number(math.Float64bits(t.Memory.Weight(i)))
		}
		rest.dict(t.State())
		sums = []int64{int64(t.Step), weights.value(), buffers.value(), memory.value(), rest.value()}
		return nil
	})
	return sums, err
}

// sum is a checksum of what is added to it.
type sum struct {
	crc  uint32
	room []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func newSum() *sum { return &sum{} }

func (s *sum) value() int64 { return int64(s.crc) }

func (s *sum) add(b []byte) { s.crc = crc32.Update(s.crc, castagnoli, b) }

func (s *sum) number(v uint64) {
	s.room = binary.LittleEndian.AppendUint64(s.room[:0], v)
	s.add(s.room)
}

func (s *sum) tensor(t torch.Tensor) {
	n := int(t.Numel()) * t.DType().Size()
	s.room = slices.Grow(s.room[:0], n)[:n]
	t.ReadBytes(s.room)
	s.add(s.room)
}

func (s *sum) dict(d state.Dict) {
	for _, e := range d {
		s.add([]byte(e.Name))
		switch v := e.Value.(type) {
		case torch.Tensor:
			s.tensor(v)
		case state.Dict:
			s.dict(v)
		default:
			s.add(fmt.Append(nil, v))
		}
	}
}
