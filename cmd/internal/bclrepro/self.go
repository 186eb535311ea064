package bclrepro

import (
	"strings"

	"github.com/spf13/pflag"
)

// self is the command line that makes the same plan on another machine, without the flags
// that choose an action.
func (o *options) self() []string {
	args := []string{name, o.preset}
	for _, k := range o.plan.DataKeys() {
		args = append(args, "--data="+k+"="+o.plan.Data[k])
	}
	if o.plan.Splits != "" {
		args = append(args, "--splits="+o.plan.Splits)
	}
	args = append(args, "--out="+o.plan.Out)
	for _, name := range []string{"only", "methods", "seeds", "bin", "devices", "threads", "nproc"} {
		value := o.flags.Lookup(name).Value
		text := value.String()
		if list, ok := value.(pflag.SliceValue); ok {
			text = strings.Join(list.GetSlice(), ",")
		}
		if o.flags.Changed(name) {
			args = append(args, "--"+name+"="+text)
		}
	}
	return args
}

// wantsGPU reports whether each unit of an array job gets a GPU: unless --devices is cpu.
func (o *options) wantsGPU() bool { return o.devices != "cpu" }
