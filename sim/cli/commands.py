"""What may stand first on the command line, and the function that answers it."""

# Imported only when asked for: help, lists and mistakes must answer at once. Each returns an exit
# code, or a text to be printed.
COMMANDS = {
    "list": "sim.cli.listing:listing",
    "resume": "sim.cli.resume:resume",
    "merge": "sim.cli.merge:merge",
    "story": "sim.cli.story:story",
    "diff": "sim.studies.diff:diff",
    "handouts": "sim.cli.handouts:handouts",
    "validate": "sim.cli.one_world:validate",
    "data": "sim.cli.one_world:data",
    "rate": "sim.cli.one_world:rate",
    "page": "sim.cli.page:page",
    "hindcast": "sim.cli.one_world:hindcast",
}
MULTIRUN = ("--multirun", "-m")
CONFIG_DIR = ("--config-dir", "-cd")
# Of these, the first that stands anywhere
FLAGS = {
    ("--help", "-h", "help"): "sim.cli.help_text:help_text",
    ("--version", "-V"): "sim.cli.help_text:version_text",
    MULTIRUN: "sim.cli.multirun:multirun",
}
