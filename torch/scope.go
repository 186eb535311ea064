package torch

import (
	"errors"
	"runtime"

	"github.com/bcl-go/bcl/cgo"
)

// Scope owns the tensors made while it is the innermost scope of its thread.
type Scope struct{ id, outer cgo.Scope }

// Do runs f in a new scope on a goroutine bound to its OS thread and frees the tensors
// that f made. It returns f's error, or as an *[Error] the first operator that failed.
// Calls nest.
func Do(f func() error) error { return DoScope(func(*Scope) error { return f() }) }

// DoScope is [Do] for an f that moves tensors from inner scopes to its own.
func DoScope(f func(s *Scope) error) (err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	id, outer, err := cgo.OpenScope()
	if err != nil {
		return &Error{Op: "Do", Message: err.Error()}
	}
	defer func() {
		p := recover()
		closed := id.Close()
		if p != nil {
			failed, ok := p.(*Error)
			if !ok {
				panic(p) // a bug of the program, not an operator's failure
			}
			err = failed
		}
		if err == nil {
			err = closed
		}
	}()
	return f(&Scope{id, outer})
}

// With is [Do] for an f that computes a value. A [Tensor] or []Tensor that f returns is
// moved to the enclosing scope, which must be open; tensors within any other T are freed
// with f's scope. On an error the value is the zero T.
func With[T any](f func() (T, error)) (T, error) {
	var v T
	err := DoScope(func(s *Scope) (err error) {
		if v, err = f(); err != nil {
			return err
		}
		switch t := any(v).(type) {
		case Tensor:
			s.keepOutside(t)
		case []Tensor:
			s.keepOutside(t...)
		}
		return nil
	})
	if err != nil {
		return *new(T), err
	}
	return v, nil
}

func (s *Scope) keepOutside(tensors ...Tensor) {
	if s.outer == 0 {
		check("With", errors.New("no enclosing scope is open, to which its tensors could move"))
	}
	(&Scope{id: s.outer}).Keep(tensors...)
}

// Keep moves tensors to s, which must be open on this thread, usually the enclosing
// scope. They are freed when s ends; those of a scope around s stay there.
func (s *Scope) Keep(tensors ...Tensor) {
	for _, t := range tensors {
		check("Keep", s.id.Keep(t.h))
	}
}

// LiveTensors counts the tensors that this process holds through package torch.
func LiveTensors() int64 { return cgo.LiveTensors() }

// Error is the failure of an operator.
type Error struct {
	Op      string // the operator, such as "mm"
	Message string // libtorch's message
}

func (e *Error) Error() string { return e.Op + ": " + e.Message }

// check fails the enclosing Do if err is not nil.
func check(op string, err error) {
	if err != nil {
		panic(&Error{Op: op, Message: err.Error()})
	}
}
