package torchtest

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// Do runs f inside [torch.Do] and fails the test on an error or a leaked tensor.
func Do(t testing.TB, f func()) {
	t.Helper()
	if err := leakless(t, f); err != nil {
		t.Fatal(err)
	}
}

// Failure runs f inside [torch.Do] and returns the error that stopped it.
func Failure(t testing.TB, f func()) error {
	t.Helper()
	err := leakless(t, f)
	if err == nil {
		t.Error("no error")
	}
	return err
}

func leakless(t testing.TB, f func()) error {
	t.Helper()
	before := torch.LiveTensors()
	err := torch.Do(func() error { f(); return nil })
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the scope, %d before", after, before)
	}
	return err
}
