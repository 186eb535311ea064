package settings

// Setting declares one setting of a command, a flag and a key of config.yaml: what it is
// called and where its value lies.
type Setting struct {
	Name  string // of the flag and the key: knn-k
	Usage string // a line of help; the word in backquotes stands for the value
	Value any    // pointer to the value, which holds the default

	Check func() error // says what is expected of the value; nil: anything goes
}
