import type { SeedFunction } from "./seed-file.ts";

/** Functions without protection. They take the values of a feature, or the inputs of a join. */
const OPEN: Readonly<Record<string, string>> = {
	all: `def run(*args):
    return list(args)
`,
	average: `def run(*args):
    return sum(args) / len(args)
`,
	flip: `# 1 while the value lies upside down, as a phone's third axis tells.
def run(*args):
    return 1 if args[-1] < 0 else 0
`,
	flip_light: `# Turns a lamp on and off each time the phone is turned over.
is_on = False
was_over = False


def run(*args):
    global is_on, was_over
    is_over = args[-1] < 0
    if is_over and not was_over:
        is_on = not is_on
    was_over = is_over
    return 1 if is_on else 0
`,
	"larger than": `def run(*args):
    return 1 if args[0] > args[1] else 0
`,
	max: `def run(*args):
    return max(args)
`,
	max_index: `# From 1; the first of equal ones.
def run(*args):
    return args.index(max(args)) + 1
`,
	min: `def run(*args):
    return min(args)
`,
	min_index: `# From 1; the first of equal ones.
def run(*args):
    return args.index(min(args)) + 1
`,
	product: `import math


def run(*args):
    return math.prod(args)
`,
	scalar: `import math


def run(*args):
    return math.hypot(*args)
`,
	shake_shake: `# How much the values changed since the last message, all axes together.
last = None


def run(*args):
    global last
    before, last = last, args
    if before is None:
        return 0
    return sum(abs(now - then) for now, then in zip(args, before))
`,
	sum: `def run(*args):
    return sum(args)
`,
	switch: `# Changes between 0 and 1 each time the value becomes true.
is_on = False
was_pressed = False


def run(*args):
    global is_on, was_pressed
    is_pressed = bool(args[0])
    if is_pressed and not was_pressed:
        is_on = not is_on
    was_pressed = is_pressed
    return 1 if is_on else 0
`,
};

/** `xi`: argument i. `xij`: element j of argument i, for joins that pass lists on (`ccm-gui.md §6.1`). */
function selectors(): SeedFunction[] {
	const plain = [1, 2, 3, 4, 5].map((i) => [`x${i}`, `args[${i - 1}]`]);
	const inner = [1, 2, 3].flatMap((i) =>
		[1, 2, 3].map((j) => [`x${i}${j}`, `args[${i - 1}][${j - 1}]`]),
	);
	return [...plain, ...inner].map(([fn_name = "", value]) => ({
		fn_name,
		code: `def run(*args):\n    return ${value}\n`,
		is_protect: true,
	}));
}

/** The functions of the default data (`ccm-gui.md §9`), less what §14 drops. */
export function seedFunctions(): SeedFunction[] {
	const open = Object.entries(OPEN).map(([fn_name, code]) => ({
		fn_name,
		code,
		is_protect: false,
	}));
	return [...open, ...selectors()];
}
