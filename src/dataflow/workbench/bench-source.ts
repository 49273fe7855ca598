import check from "./check.py" with { type: "text" };
import draft from "./draft.py" with { type: "text" };
import lint from "./lint.py" with { type: "text" };

/** What the workbench's engine is sent beyond the program that every engine has; each part uses names of those before. */
export const BENCH_SOURCE = [check, lint, draft].join("\n\n");
