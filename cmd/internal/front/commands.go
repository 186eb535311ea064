package front

// Command is a program of bcl, which runs by itself too.
type Command struct {
	Name    string // bcl train is bcl-train
	Summary string // of its manual page
}

// Commands lists the programs in the order of the help. One more is a folder cmd/bcl-NAME and
// a line here: help, completion and manual pages follow.
var Commands = []Command{
	{"train", "train a network on images without labels"},
	{"eval", "measure and compare the features of networks"},
	{"report", "make a page that shows runs"},
	{"search", "find the images that look most like others"},
	{"data", "inspect data sets, and make long-tailed lists"},
	{"ckpt", "inspect and convert checkpoints"},
	{"repro", "run whole experiments, and print their tables"},
}

// Program is the name of the command's program.
func (c Command) Program() string { return program + "-" + c.Name }
