import { useMemo } from "preact/hooks";
import { type DiffGap, type DiffLine, diffLines, withoutSame } from "./line-diff.ts";
import { codeTexts } from "./words.ts";

/** A text and what it is called. */
export interface DiffSide {
	readonly name: string;
	readonly text: string;
}

/** What changed from one source to another, line by line; signs say it too, not only colours. */
export function DiffView({ from, to }: { readonly from: DiffSide; readonly to: DiffSide }) {
	const words = codeTexts.value;
	const lines = useMemo(() => diffLines(from.text, to.text), [from.text, to.text]);
	if (lines.every(({ kind }) => kind === "same")) return <p>{words.noDifference}</p>;
	return (
		<figure class="code-diff">
			<figcaption>{words.difference(from.name, to.name)}</figcaption>
			<table>
				<tbody>
					{withoutSame(lines).map((line) => (
						<Line key={keyOf(line)} line={line} />
					))}
				</tbody>
			</table>
		</figure>
	);
}

function keyOf(line: DiffLine | DiffGap): string {
	return line.kind === "gap" ? `gap ${line.before}` : `${line.oldLine} ${line.newLine}`;
}

const SIGNS = { same: " ", old: "−", new: "+" };

function Line({ line }: { readonly line: DiffLine | DiffGap }) {
	const words = codeTexts.value;
	if (line.kind === "gap") {
		return (
			<tr class="code-diff-gap">
				<td colSpan={4}>{words.sameLines(line.lines)}</td>
			</tr>
		);
	}
	const said = { same: undefined, old: words.removed, new: words.added }[line.kind];
	return (
		<tr class={`code-diff-${line.kind}`}>
			<td>{line.oldLine}</td>
			<td>{line.newLine}</td>
			<td>
				<span aria-hidden="true">{SIGNS[line.kind]}</span>
				{said !== undefined && <span class="kit-unseen">{said}</span>}
			</td>
			<td>
				<code>{line.text}</code>
			</td>
		</tr>
	);
}
