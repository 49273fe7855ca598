import check from "./check.py" with { type: "text" };

/** What the workbench's engine is sent beyond the program that every engine has. */
export const BENCH_SOURCE = [check].join("\n\n");
