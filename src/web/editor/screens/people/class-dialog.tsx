import { useMemo, useState } from "preact/hooks";
import { Dialog } from "../../kit/dialog.tsx";
import { TextArea } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import type { AddDialogProps } from "./add-person-dialog.tsx";
import { type ClassLine, MAX_CLASS, readClass, refusedLines } from "./class-list.ts";
import { addStudents } from "./people-server.ts";
import { refused } from "./refused.ts";
import { loginsOf } from "./sheet.ts";

/** Adds a class of students from pasted names: all of them, or no one. */
export function ClassDialog({ app, onAdded, onClose }: AddDialogProps) {
	const { people } = texts.value;
	const [text, setText] = useState("");
	const [problems, setProblems] = useState<readonly string[]>([]);
	const lines = useMemo(() => readClass(text), [text]);
	const write = (written: string) => {
		setText(written);
		setProblems([]);
	};
	const submit = async () => {
		setProblems([]);
		if (lines.length === 0) return people.classEmpty;
		if (lines.length > MAX_CLASS) return people.classTooMany(MAX_CLASS);
		const twice = twinTexts(lines);
		if (twice.length > 0) {
			setProblems(twice);
			return people.classRefused;
		}
		const logins = loginsOf(lines);
		const answer = await addStudents(app.ask, logins);
		if (answer.ok) {
			onAdded(logins);
			return undefined;
		}
		const named = refusedLines(answer.reason, lines).map(({ line, name, reason }) =>
			reason === undefined ? people.lineTaken(line, name) : people.lineRefused(line, name, reason),
		);
		setProblems(named);
		return named.length > 0 ? people.classRefused : refused(people.notAdded, answer);
	};
	return (
		<Dialog title={people.classTitle} size="wide" onClose={onClose}>
			<Form submit={submit} button={people.classNow(lines.length)}>
				<TextArea
					label={people.classNames}
					hint={people.classHint}
					value={text}
					onInput={write}
					rows={10}
					maxLength={100_000}
					data-autofocus
				/>
				<p class="people-count" role="status">
					{people.classCount(lines.length)}
				</p>
				{problems.length > 0 && (
					<ul class="people-problems">
						{problems.map((problem) => (
							<li key={problem}>{problem}</li>
						))}
					</ul>
				)}
			</Form>
		</Dialog>
	);
}

function twinTexts(lines: readonly ClassLine[]): string[] {
	const { people } = texts.value;
	return lines.flatMap(({ line, name, twinOf }) =>
		twinOf === undefined ? [] : [people.lineTwice(line, twinOf, name)],
	);
}
