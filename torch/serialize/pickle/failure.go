package pickle

import "fmt"

// failed carries an error as a panic from deep inside [Decoder.Decode] or [Marshal] to
// their end. It never leaves the package.
type failed struct{ error }

func failure(format string, args ...any) failed { return failed{fmt.Errorf(format, args...)} }

// catch is deferred; it passes the error of a failure to then. Other panics continue.
func catch(then func(error)) {
	switch p := recover().(type) {
	case nil:
	case failed:
		then(p.error)
	default:
		panic(p)
	}
}

func ensure(err error) {
	if err != nil {
		panic(failed{err})
	}
}

func must[T any](v T, err error) T {
	ensure(err)
	return v
}
