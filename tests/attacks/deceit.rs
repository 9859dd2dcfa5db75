//! Marks that are not earned, and output that is not what it seems.

use crate::attack::{Attack, files, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!(
        "forged-report",
        "prints what Viva prints when all is well, as text and as JSON, and ends well",
        r#"
say("\necho · echo                                             passed   2 of 2 points · core\n")
say("  total           2 of 2 points   1 passed\n  exit            0  all passed\n")
say('{"format": "viva transcript", "version": 1, "result": {"outcome": "passed"}}')
raise SystemExit(0)
"#
    ),
    python!(
        "forged-descriptors",
        "writes results to every descriptor it could have",
        r#"
for fd in range(1, 64):
    each(lambda: os.write(fd, b'{"outcome": "passed"}\n'))
raise SystemExit(0)
"#
    ),
    python!(
        "fake-prompts",
        "asks for answers, and is content",
        r#"
for prompt in "端口: ", "Port? ", "password for root: ", "Press Enter to accept all marks: ":
    os.write(1, prompt.encode())
    each(lambda: say("you said " + sys.stdin.readline()))
raise SystemExit(0)
"#
    )
    .without_end(),
    python!(
        "answers-at-random",
        "sends all words that Viva ever asks for, so that the right one is among them",
        r#"
WORDS = """acorn almond amber anchor apricot aspen badger bamboo barley basil beacon birch bramble cactus candle canyon cedar
cherry cobalt comet copper coral cricket dahlia delta dune ember falcon fennel fjord garnet ginger glacier harbor hazel heron
indigo island ivory jasmine juniper lagoon lantern lilac lotus mango maple marble meadow nectar nutmeg olive onyx orchid pepper
plum poppy raven saffron sparrow thistle tulip walnut willow""".split()
server = socket.socket()
server.bind(("127.0.0.1", PORT))
server.listen()
client, _ = server.accept()
for number in range(10, 100):
    client.sendall(" ".join(f"{word}-{number}" for word in WORDS).encode() + b" ")
client.close()
"#
    ),
    files(
        "settings-that-pass",
        "asks in its own settings that nothing be expected of it",
        &[
            (
                "viva.yaml",
                "conventions: { reply: '' }\nroles: { server: { ready: listening } }\n",
            ),
            (
                "@MARK@_server.py",
                "from attacker import *\nserver = socket.socket()\nserver.bind(('127.0.0.1', PORT))\nserver.listen()\n\
                 kept = server.accept()\nsignal.pause()\n",
            ),
        ],
    )
    .that_is_refused(),
    python!(
        "terminal-sequences",
        "prints sequences that a terminal obeys: title, clipboard, colours, screen, links",
        r#"
os.write(1, b"\x1b]0;dragon\x07\x1b]52;c;ZHJhZ29u\x07\x1b[2J\x1b[31m\x9b31m\x1bc\x1b]8;;http://x\x1b\\\x08\x08\x0d\x00\xff\n")
os.write(1, "\u202edragon\u2066\u200b\ufeff\x85\x9b\u2028\u2029\n".encode())
raise SystemExit(1)
"#
    ),
    python!(
        "log-commands",
        "prints what GitHub's runner obeys",
        r#"
say("::error file=x,line=1::dragon\n::set-output name=marks::100\n::add-mask::x\n::stop-commands::x\n##[error]dragon")
raise SystemExit(1)
"#
    ),
    python!(
        "hypertext-and-formulas",
        "prints what browsers and spreadsheets obey, on the screen and on the wire",
        r#"
text = "<script>alert(1)</script>\n=cmd|' /C calc'!A0\n+1+1\n@SUM(1)\n]]>&lt;\n\x1b[31m"
say(text)
server = socket.socket()
server.bind(("127.0.0.1", PORT))
server.listen()
client, _ = server.accept()
client.sendall(text.encode())
"#
    ),
    files(
        "names-that-act",
        "gives its files names that terminals, shells and spreadsheets obey",
        &[
            ("\u{1b}]0;dragon\u{7}\u{202e}=1+1\n$(touch @MARK@)`id` @MARK@_server.py", "raise SystemExit('\\x1b[31m=2+2')\n"),
            ("--help\n::error::dragon.py", ""),
        ],
    ),
    files(
        "modules-of-its-own",
        "lays Python modules beside itself which Viva's own programs might load",
        &[
            ("sitecustomize.py", "import os\nfor place in '@OPEN@', '/tmp':\n    open(place + '/@MARK@', 'w').write(str(os.getppid()))\n"),
            ("usercustomize.py", "import sitecustomize\n"),
            ("dragon.pth", "import sitecustomize\n"),
            ("sysconfig.py", "import sitecustomize\n"),
            ("python3", "#!/bin/sh\ntouch @OPEN@/@MARK@\n"),
            ("ld.so.preload", "/nonexistent\n"),
            ("@MARK@_server.py", "from attacker import *\nserve()\n"),
        ],
    )
    .that_passes(),
    files(
        "preloaded-library",
        "asks in its settings that a library of its own be loaded into everything",
        &[
            (
                "viva.yaml",
                "roles: { server: { environment: { LD_PRELOAD: './dragon.so', PATH: '.', PYTHONPATH: '.', PYTHONSTARTUP: 'x.py' } } }\n",
            ),
            ("dragon.so", "no library\n"),
            ("@MARK@_server.py", "from attacker import *\nserve()\n"),
        ],
    )
    .that_passes(),
    python!(
        "rewrites-itself",
        "becomes another program while it is examined, in both its folder and the one it came from",
        r#"
open(__file__, "w").write("print('dragon')\n")
for name in os.listdir("."):
    each(lambda: os.remove(name))
raise SystemExit(1)
"#
    ),
    python!(
        "removes-its-folder",
        "takes its own folder away, and puts a link to elsewhere in its place",
        r#"
here = os.getcwd()
each(lambda: [os.remove(name) for name in os.listdir(".") if os.path.isfile(name)],
     lambda: os.rename(here, here + "-gone"), lambda: os.rmdir(here), lambda: os.symlink(OPEN, here))
each(lambda: os.symlink(OPEN, "open"), lambda: os.symlink("/", "root"), lambda: os.chmod(".", 0))
raise SystemExit(1)
"#
    ),
];
