"""Reads what Viva wrote with parsers that are not Viva's: check.py PART FOLDER."""

import csv
import io
import json
import pathlib
import sys
import xml.etree.ElementTree as ET
import zipfile

import jsonschema
import junitparser
import markdown_it
from tap.line import Bail, Diagnostic, Plan, Result
from tap.parser import Parser

PART, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
INT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
NUMBER = {"type": "number"}

GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": TEXT,
        "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "test_output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "test_name_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "visibility": {"enum": ["visible", "hidden", "after_due_date", "after_published"]},
        "stdout_visibility": {"enum": ["visible", "hidden", "after_due_date", "after_published"]},
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "status", "visibility"],
                "properties": {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": TEXT,
                    "number": TEXT,
                    "output": TEXT,
                    "output_format": {"enum": ["text"]},
                    "tags": {"type": "array", "items": TEXT},
                    "visibility": {"enum": ["visible", "hidden", "after_due_date", "after_published"]},
                },
            },
        },
    },
    "required": ["output", "tests"],
}

CLASSROOM50 = {
    "type": "object",
    "required": ["schema", "classroom", "assignment", "submission", "commit", "release", "review", "datetime", "score", "max-score", "tests"],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"const": "2026-09-20T10:00:00Z"},
        "score": INT,
        "max-score": INT,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {"test-name": {"type": "string", "minLength": 1}, "passed": {"type": "boolean"}, "score": INT, "max-score": INT},
            },
        },
    },
}

PRAIRIELEARN = {
    "type": "object",
    "required": ["gradable"],
    "additionalProperties": False,
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "format_errors": {"type": "array", "items": TEXT},
        "message": TEXT,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": TEXT, "description": TEXT, "points": NUMBER, "max_points": NUMBER, "message": TEXT, "output": TEXT},
            },
        },
    },
    "if": {"properties": {"gradable": {"const": True}}},
    "then": {"required": ["score"]},
}


def read(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def no_controls(text, allowed="\n"):
    bad = [c for c in text if (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") and c not in allowed]
    assert not bad, bad


def marks():
    """The mark of each submission, as the class has it."""
    return [s["mark"]["points"] for s in json.loads(read("class.json"))["submissions"]]


def the_csv():
    rows = list(csv.DictReader(io.StringIO((FOLDER / "class.csv").read_bytes().decode("utf-8"), newline=""), strict=True))
    columns = ["学号", "Identifier", "roster mark", "key", "name", "mark", "of", "late", "status", "join", "broadcast", "vanish", "afterwards", "secret", "extra"]
    assert list(rows[0]) == columns, list(rows[0])
    assert [r["key"] for r in rows] == ["s1", "../../x", "s3", "s4", "s5", "s6", "s7", "s8"]
    assert [r["mark"] for r in rows] == ["12.5", "4", "13", "", "0", "", "8", "8"], [r["mark"] for r in rows]
    assert [r["late"] for r in rows] == ["", "", "yes", "", "", "", "90000", "90000"]
    assert rows[3]["status"] == "trouble: vanish secret" and rows[3]["vanish"] == "" and rows[3]["join"] == "2"
    assert rows[2]["status"] == "unstable: broadcast" and rows[4]["status"] == "nothing"
    assert rows[5]["status"] == "unusable: zip-bomb"
    for row in rows:
        for cell in row.values():
            no_controls(cell, "")
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell
    excel = (FOLDER / "excel.csv").read_bytes()
    assert excel[:3] == b"\xef\xbb\xbf" and excel[3:] == (FOLDER / "class.csv").read_bytes()


# What Jenkins' xUnit plugin allows (its junit-10.xsd): attributes, of which those before the bar must be there, and children. Two things are
# beyond it, which the JUnit plugin and GitLab read: `skipped` of all suites, and the properties of a test case.
RERUN = ("type | message", "stackTrace system-out system-err")
SAID = ("| type message", "")
JUNIT = {
    "testsuites": ("| name time tests failures errors skipped", "testsuite"),
    "testsuite": ("name tests failures errors | time skipped timestamp", "properties testcase system-out system-err"),
    "testcase": ("name | time classname", "properties skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err"),
    "properties": ("|", "property"),
    "property": ("name value |", ""),
    "failure": SAID, "error": SAID, "skipped": SAID,
    "rerunFailure": RERUN, "rerunError": RERUN, "flakyFailure": RERUN, "flakyError": RERUN,
    "system-out": ("|", ""), "system-err": ("|", ""),
}


def the_junit():
    text = read("junit.xml")
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        must, may = (set(part.split()) for part in attributes.split("|"))
        assert must <= set(element.keys()) <= must | may, (element.tag, element.attrib)
        assert {child.tag for child in element} <= set(children.split()), element.tag
        assert float(element.get("time", "0")) >= 0
    cases = root.findall("./testsuite/testcase")
    names = [(c.get("classname"), c.get("name")) for c in cases]
    assert len(set(names)) == len(names), "readers drop cases of one name"
    assert not [n for n in names if "forged" in n[1]]
    suites = junitparser.JUnitXml.fromstring(text.encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (
        len(cases), len(root.findall(".//failure")), len(root.findall(".//error")), len(root.findall(".//skipped")))
    assert len(list(suites)) == len(marks()) == 7
    failure = root.find("./testsuite[2]/testcase[@name='broadcast']/failure")
    assert failure.get("type") == "wrong-peer"
    for word in ["]]>", "<script>alert(1)</script>"]:
        assert word in failure.text, word
    no_controls(failure.text)
    assert len(root.findall("./testsuite[3]/testcase[@name='broadcast']/flakyFailure")) == 1
    assert root.find("./testsuite[7]/testcase[@name='broadcast']/failure") is not None
    assert len(root.findall("./testsuite[7]/testcase[@name='broadcast']/rerunFailure")) == 1
    assert root.find("./testsuite[4]/testcase[@name='vanish']/error") is not None
    assert root.find("./testsuite[5]/testcase/failure") is not None, "nothing handed in is no pass"
    properties = {p.get("name"): p.get("value") for p in root.findall("./testsuite[4]/properties/property")}
    assert "mark" not in properties and "visible_part" not in properties, properties


def the_tap():
    text = read("tap.txt")
    assert text.startswith("TAP version 14\n")
    no_controls(text)
    lines = list(Parser().parse_text(text))
    top = [line for line in lines if isinstance(line, Result)]
    plans = [line for line in lines if isinstance(line, Plan)]
    assert [line.number for line in top] == list(range(1, 8)), top
    assert len(plans) == 1 and plans[0].expected_tests == 7
    assert [line.ok for line in top] == [True, False, True, False, False, False, False]
    assert all(line.yaml_block and line.yaml_block["message"] for line in top), "each point has its block of YAML"
    bails = [line for line in lines if isinstance(line, Bail)]
    assert len(bails) == 1 and "forged" not in bails[0].reason and "s4" in bails[0].reason, bails
    # Each subtest is TAP of its own.
    parts = text.split("# Subtest: ")[1:]
    for part in parts:
        inner = "".join(line[4:] + "\n" for line in part.split("\n") if line.startswith("    "))
        inner = list(Parser().parse_text("TAP version 14\n" + inner))
        points = [line for line in inner if isinstance(line, Result)]
        plan = [line for line in inner if isinstance(line, Plan)]
        assert len(plan) == 1 and plan[0].expected_tests == len(points), (part, plan, points)
        assert not [line for line in points if "forged" in line.description]
        assert not [line for line in inner if isinstance(line, Bail)]


def each():
    for number, mark in enumerate(marks()):
        yield FOLDER / str(number), mark


def the_platforms():
    for folder, mark in each():
        gradescope = json.loads((folder / "gradescope.json").read_text("utf-8"))
        jsonschema.validate(gradescope, GRADESCOPE)
        assert gradescope.get("score") == mark, (folder, gradescope.get("score"))
        if mark is None:
            assert not [t for t in gradescope["tests"] if "score" in t], "a score would be added up"
        for test in gradescope["tests"]:
            wanted = {"afterwards": "after_due_date", "secret": "hidden"}.get(test["name"], "visible")
            assert test["visibility"] == wanted
            no_controls(test["output"])

        result = json.loads((folder / "classroom50.json").read_text("utf-8"))
        if mark is None:
            assert "score" not in result and not [t for t in result["tests"] if "score" in t]
        else:
            jsonschema.validate(result, CLASSROOM50)
            assert result["score"] <= result["max-score"]
            assert all(t["score"] <= t["max-score"] for t in result["tests"])
            assert result["max-score"] == 7 * result["viva"]["scale"]

        lines = (folder / "autolab.json").read_text("utf-8").split("\n")
        assert len(lines) == 3 and lines[2] == ""
        assert json.loads(lines[1]) == {"scores": {} if mark is None else {"hub": mark}}
        shown = json.loads(lines[0])
        assert set(shown) == {"_presentation", "stages", *shown["stages"]}

        learn = (folder / "prairielearn.json").read_text("utf-8")
        assert len(learn.encode()) <= 1_000_000
        learn = json.loads(learn)
        jsonschema.validate(learn, PRAIRIELEARN)
        assert learn["gradable"] == (mark is not None)
        if mark is not None:
            assert abs(learn["score"] - min(mark / 12, 1)) < 1e-9


def runner(line):
    """Whether GitHub's runner would take a line for a command (ActionCommand.cs: the new form, then the old one)."""
    return line.strip().startswith("::") and "::" in line.strip()[2:] or "##[" in line


def the_github():
    for folder, _ in each():
        lines = (folder / "github.txt").read_text("utf-8").splitlines()
        assert 1 <= len(lines) <= 10
        for line in lines:
            head, title, message = line.split("::", 2)[1].partition(" title=")[0], line, line
            assert head in ("error", "warning", "notice"), line
            assert "##[" not in line and "\r" not in line
        summary = (folder / "github.md").read_bytes()
        assert len(summary) <= 1 << 20
        harmless_markdown(summary.decode())
    for line in read("class.txt").splitlines():
        assert not runner(line), line


def harmless_markdown(text):
    no_controls(text)
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    flat = []
    for token in tokens:
        flat.append(token)
        flat.extend(token.children or [])
    kinds = {token.type for token in flat}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "table_open", "code_block"}, kinds
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert not [heading for heading in headings if "forged" in heading and "`" not in heading], headings
    return flat


def the_markdown():
    for folder, _ in each():
        flat = harmless_markdown((folder / "markdown.md").read_text("utf-8"))
        if folder.name == "1":
            fences = [token.content for token in flat if token.type == "fence"]
            assert [f for f in fences if "[link](http://evil.example)" in f and "<script>" in f], fences
            assert not [token for token in flat if token.type == "text" and "evil" in token.content]
            assert "/home/teacher" not in (folder / "markdown.md").read_text("utf-8")
            assert [f for f in fences if "--submission ." in f]


def the_zips():
    for name, expected in [
        ("moodle.zip", ["张三_101_assignsubmission_file/feedback.md", "Three_103_assignsubmission_file_/feedback.md",
                        "Six_106_assignsubmission_file/feedback.md", "Ann X_701_assignsubmission_file/feedback.md",
                        "_.. Bob_702_assignsubmission_file/feedback.md"]),
        ("canvas.zip", ["evil_102_9002_server.py", "four_LATE_104_9004_a b.zip"]),
    ]:
        with zipfile.ZipFile(FOLDER / name) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == expected, archive.namelist()
            for entry in archive.namelist():
                assert archive.read(entry).startswith(b"# Feedback: A chat room\n")


def forms():
    jsonschema.validate(json.loads(read("class.json")), json.loads(read("schema.json")))
    the_csv()
    the_junit()
    the_tap()
    the_platforms()
    the_github()
    the_markdown()
    the_zips()
    no_controls(read("class.txt"))


def secrets():
    """What Gradescope shows to students before the due date."""
    for folder, _ in each():
        gradescope = json.loads((folder / "gradescope.json").read_text("utf-8"))
        seen = json.dumps([gradescope["output"], [t for t in gradescope["tests"] if t["visibility"] == "visible"]])
        for hidden in ["secret", "SECRET", "afterwards"]:
            assert hidden not in seen, (hidden, seen)


def forged():
    """A class of one program that prints forged results in every form: it has no point."""
    for name in ["gradescope.json", "classroom50.json", "prairielearn.json"]:
        value = json.loads(read(name))
        assert value["score"] == 0, (name, value["score"])
    assert json.loads(read("autolab.txt").rstrip("\n").split("\n")[-1])["scores"] == {"hub": 0}
    root = ET.fromstring(read("junit.xml"))
    assert len(root.findall(".//testcase")) == 1 == len(root.findall(".//failure"))
    lines = list(Parser().parse_text(read("tap.txt")))
    assert [line.ok for line in lines if isinstance(line, Result)] == [False]
    assert not [line for line in lines if isinstance(line, Bail)]
    (row,) = csv.DictReader(io.StringIO(read("class.csv"), newline=""))
    assert row["mark"] == "0" and row["broadcast"] == "0", row
    harmless_markdown(read("feedback.md"))
    harmless_markdown(read("summary.md"))
    for line in read("github.txt").splitlines() + read("terminal.txt").splitlines():
        ours = line.startswith(("::error title=hub", "::notice title=hub"))
        assert ours or not runner(line), line
        no_controls(line, "")


globals()[PART]()
