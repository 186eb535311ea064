package bclrepro

import (
	"fmt"
	"strings"
)

// self is the command line that makes the same plan on another machine, without what
// it is to do there.
func (o *options) self() []string {
	args := []string{name, o.preset}
	for _, k := range o.plan.DataKeys() {
		args = append(args, "--data="+k+"="+o.plan.Data[k])
	}
	if o.plan.Splits != "" {
		args = append(args, "--splits="+o.plan.Splits)
	}
	args = append(args, "--out="+o.plan.Out)
	for _, list := range []struct {
		flag  string
		words []string
	}{{"only", o.only}, {"methods", o.methods}, {"seeds", strings.Fields(strings.Trim(fmt.Sprint(o.seeds), "[]"))}} {
		if len(list.words) > 0 {
			args = append(args, "--"+list.flag+"="+strings.Join(list.words, ","))
		}
	}
	for _, f := range []string{"bin", "devices", "threads"} {
		if o.flags.Changed(f) {
			args = append(args, "--"+f+"="+o.flags.Lookup(f).Value.String())
		}
	}
	return args
}

// wantsGPU reports whether the units of an array job are to have a GPU each: unless
// they were told to use the CPU.
func (o *options) wantsGPU() bool { return o.devices != "cpu" }
