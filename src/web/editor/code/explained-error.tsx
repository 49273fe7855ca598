import { explainError } from "./problem-texts.ts";
import type { ErrorContext } from "./python-errors.ts";
import { codeTexts } from "./words.ts";
import "./explained-error.css";

export interface ExplainedErrorProps {
	/** In Python's words. */
	readonly reason: string;
	/** As `POST /api/v1/functions/try` tells it; absent: not known. */
	readonly kind?: string;
	readonly context?: ErrorContext;
	readonly line?: number | null;
	/** Absent: the line is only named. */
	readonly onLine?: (line: number) => void;
}

/** An error of Python: its line, what it means, what to do, and Python's own words. */
export function ExplainedError(props: ExplainedErrorProps) {
	const { reason, kind = "exception", context = {}, line = null, onLine } = props;
	const words = codeTexts.value;
	const { what, hint } = explainError(reason, kind, context);
	return (
		<div class="python-error">
			<p class="python-error-what">
				{line !== null && <LineName line={line} onLine={onLine} />}
				<strong>{what}</strong>
			</p>
			{hint !== undefined && <p>{hint}</p>}
			{reason !== "" && (
				<details>
					<summary>{words.pythonSays}</summary>
					<pre>{reason}</pre>
				</details>
			)}
		</div>
	);
}

interface LineNameProps {
	readonly line: number;
	readonly onLine: ((line: number) => void) | undefined;
}

function LineName({ line, onLine }: LineNameProps) {
	const text = codeTexts.value.line(line);
	if (onLine === undefined) return <span class="python-error-line">{text}</span>;
	return (
		<button type="button" class="python-error-line" onClick={() => onLine(line)}>
			{text}
		</button>
	);
}
