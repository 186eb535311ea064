package session

import (
	"cmp"

	"github.com/bcl-go/bcl/bcl/settings/field"
)

// Check returns an error that names the first field that cannot be used.
func (c Config) Check() error {
	return cmp.Or(
		field.Expect(c.Dir != "", "Dir", c.Dir, "the path of the run folder"),
		field.Expect(c.KeepLast >= 1, "KeepLast", c.KeepLast, "at least 1"),
		field.Expect(c.KeepEvery >= 0, "KeepEvery", c.KeepEvery, "a number of epochs, or 0"),
		field.Expect(c.SaveEvery >= 0, "SaveEvery", c.SaveEvery, "a time, or 0"),
		field.Expect(c.SaveGap >= 0, "SaveGap", c.SaveGap, "a time, or 0"),
		field.Expect(c.Evaluate == nil || c.EvaluateEvery >= 1, "EvaluateEvery", c.EvaluateEvery, "at least 1"),
	)
}
