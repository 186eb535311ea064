"""Makes the pickles of Python 2. Run: python2.7 make_py2.py (2.7.18 made the committed ones)."""
import cPickle
import os
import pickle

here = os.path.dirname(os.path.abspath(__file__))
tree = {
    "str": ["", "abc", "\x00\xff\\n'\"\n", "x" * 300], u"unicode": [u"", u"abc", u"\xe9\u20ac\U0001f600\\u0041\n"],
    "ints": [1, -1, 2 ** 31, -(2 ** 40), 10 ** 30, 5L], "bools": (True, False, None), "floats": [0.5, -1e300],
    "set": set([1]),
}
for p in range(3):
    for module in (pickle, cPickle):
        with open(os.path.join(here, "py2_%s_%d.pkl" % (module.__name__, p)), "wb") as f:
            module.dump(tree, f, p)
