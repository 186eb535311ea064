package session

import (
	"errors"
	"fmt"
)

// Notify tells the observers of an event. The error is that of those that failed.
func (s *Session) Notify(e Event) error {
	var errs []error
	for _, o := range s.observers {
		errs = append(errs, o.Observe(s, e))
	}
	return errors.Join(errs...)
}

// Say tells the observers a [Message].
func (s *Session) Say(format string, args ...any) error {
	return s.Notify(Message{Text: fmt.Sprintf(format, args...)})
}
