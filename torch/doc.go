// Package torch is libtorch for Go, with PyTorch's names.
//
// # Building
//
// In a checkout "make setup" links libtorch. A module that imports this package tells
// cgo where libtorch is, which is fetched into the user's cache folder if need be
// (third_party/README.md says more):
//
//	eval "$(go run github.com/bcl-go/bcl/third_party/fetch -env)"
//	go build ./...
//
// # Scopes
//
// Tensors live in libtorch's memory, which Go's garbage collector does not see.
// [Do] opens a scope: every tensor made inside it is freed at its end. Scopes nest; a
// training loop opens one for each step:
//
//	err := torch.Do(func() error {
//		w := torch.Zeros([]int64{3}).SetRequiresGrad(true)
//		for range steps {
//			loss, err := torch.With(func() (float64, error) {
//				loss := w.Sub(target).Square().Sum()
//				loss.Backward()
//				...
//				return torch.Item[float64](loss), nil
//			})
//		}
//	})
//
// [With] is a Do that returns a value; tensors that it returns live on in the enclosing
// scope. [Scope.Keep] moves tensors to any open scope, which [DoScope] passes to its
// function.
//
// [LiveTensors] counts the live tensors; it returns to its old value when scopes end. A
// tensor used after its scope is an error, never a crash.
//
// # Errors
//
// Operators return tensors, not errors, so that formulas read as formulas. A failing
// operator stops the enclosing [Do], which returns the failure as an *[Error] with
// libtorch's message. Only bugs of the program, such as using tensors outside of Do,
// panic through Do.
//
// # Threads
//
// libtorch keeps grad mode, autocast and random guards per OS thread. Do locks its
// goroutine to its thread, and operators only work inside Do, so that none of these can
// get lost.
//
// # GPUs
//
// [ParseDevice] opens CUDA. Package cuda has streams, events and graphs.
//
// # Everything else
//
// [Call] reaches any operator of libtorch by its schema name, [Values] those that return
// numbers. Not supported as arguments: complex numbers, generators other than the
// default, names of dimensions, storages and streams.
package torch
