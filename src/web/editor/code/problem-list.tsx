import type { Problem } from "./problem-marks.ts";
import { codeTexts } from "./words.ts";

export interface ProblemListProps {
	/** Undefined: being checked. */
	readonly problems: readonly Problem[] | undefined;
	readonly onGo: (problem: Problem) => void;
}

/** The problems of a source, each a way to its place. */
export function ProblemList({ problems, onGo }: ProblemListProps) {
	const words = codeTexts.value;
	const count = (severity: Problem["severity"]) =>
		problems?.filter((problem) => problem.severity === severity).length ?? 0;
	const summary =
		problems === undefined
			? words.checking
			: words.problems(count("error"), count("warning")) || words.noProblems;
	return (
		<div class="code-problems">
			<p role="status">{summary}</p>
			{problems !== undefined && problems.length > 0 && (
				<ul>
					{problems.map((problem) => (
						<li key={`${problem.line} ${problem.column} ${problem.text}`}>
							<button
								type="button"
								class={`code-problem code-${problem.severity}`}
								onClick={() => onGo(problem)}
							>
								<span aria-hidden="true">{problem.severity === "error" ? "✕" : "!"}</span>
								<span class="kit-unseen">{words[problem.severity]}</span>
								<span class="code-problem-line">{words.line(problem.line)}</span>
								<span>
									{problem.text}
									{problem.hint !== undefined && <small>{problem.hint}</small>}
								</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</div>
	);
}
