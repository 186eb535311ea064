package settings

// Setting declares one setting of a command, a flag and a key of config.yaml: what it is
// called, where its value lies, and the traits by which commands treat it.
type Setting struct {
	Name  string // of the flag and the key: batch-size
	Usage string // a line of help; the word in backquotes stands for the value
	Value any    // pointer to the value, which holds the default
	Field string // of the Go struct that has it, by which errors name it: Prune.Share; "": no library has it
	Bare  string // what the flag without a value stands for; "": it needs one

	Check func() error // says what is expected of the value; nil: anything goes

	OnResume OnResume // whether a run that is resumed may change it
	Fixed    string   // why it never may; "": it may

	Needs       string // what the method must have, or it does nothing
	IdleWith    string // setting with which it does nothing
	IdleWithout string // setting without which it does nothing

	Once     bool // it is of one command line, not of the run: not in config.yaml
	Reserved bool // bcl-repro sets it itself: no preset may
	Place    bool // it says where and how fast a run runs, not what it computes
}

// OnResume says when a run that is resumed may change a setting.
type OnResume int

// When it may.
const (
	IfAllowed   OnResume = iota // if --allow-change names it
	Free                        // always: it changes no result
	FreeImages                  // if the images, which are compared, are the same
	FixedWithin                 // between epochs, if --allow-change names it
)
