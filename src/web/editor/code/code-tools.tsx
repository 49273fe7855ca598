import { IconButton } from "../kit/button.tsx";
import type { IconName } from "../kit/icons.tsx";
import type { CodeCommand } from "./code-view.ts";
import { codeTexts } from "./words.ts";

const TOOLS: readonly (readonly [CodeCommand, IconName])[] = [
	["outdent", "previous"],
	["indent", "next"],
	["undo", "undo"],
	["redo", "redo"],
];

/** What keys do elsewhere: keyboards on glass have no Tab and no Ctrl. */
export function CodeTools({ onRun }: { readonly onRun: (command: CodeCommand) => void }) {
	const words = codeTexts.value;
	return (
		<div class="code-tools">
			{TOOLS.map(([command, icon]) => (
				<IconButton
					key={command}
					icon={icon}
					label={words[command]}
					// The keyboard on glass stays open.
					onPointerDown={(event) => event.preventDefault()}
					onClick={() => onRun(command)}
				/>
			))}
		</div>
	);
}
