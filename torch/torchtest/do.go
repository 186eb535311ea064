package torchtest

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// Do runs f inside [torch.Do] and fails the test on an error or a leaked tensor.
func Do(t testing.TB, f func()) {
	t.Helper()
	before := torch.LiveTensors()
	if err := torch.Do(func() error { f(); return nil }); err != nil {
		t.Fatal(err)
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the scope, %d before", after, before)
	}
}

// Failure runs f inside [torch.Do] and returns the error that stopped it.
func Failure(t testing.TB, f func()) error {
	t.Helper()
	before := torch.LiveTensors()
	err := torch.Do(func() error { f(); return nil })
	if err == nil {
		t.Error("no error")
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the error, %d before", after, before)
	}
	return err
}
