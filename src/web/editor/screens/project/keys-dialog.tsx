import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { texts } from "../../texts/texts.ts";

/** The table of keys. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
	const { keyTable, keyNames, commands } = texts.value.projectLater;
	const rows: readonly (readonly [readonly string[], string])[] = [
		[[keyNames.tab], keyTable.move],
		[[keyNames.enter], keyTable.connect],
		[[keyNames.moveBlock], keyTable.moveBlock],
		[["V"], keyTable.value],
		[[keyNames.del], keyTable.remove],
		[["Ctrl+Z", "Ctrl+Shift+Z"], keyTable.undo],
		[["Ctrl+K", "/"], keyTable.find],
		[["Ctrl+S", "Ctrl+Enter"], keyTable.save],
		[["E"], keyTable.edit],
		[["F6"], keyTable.panel],
		[["P"], keyTable.run],
		[[keyNames.escape], keyTable.escape],
		[["?"], keyTable.help],
	];
	return (
		<Dialog title={commands.keys} onClose={onClose}>
			<dl class="project-keys">
				{rows.map(([names, text]) => (
					<div key={text}>
						<dt>
							{names.map((name) => (
								<kbd key={name}>{name}</kbd>
							))}
						</dt>
						<dd>{text}</dd>
					</div>
				))}
			</dl>
			{/* On a small screen the table scrolls, which keys do only where something in it can have the focus. */}
			<Button onClick={onClose}>{texts.value.shell.close}</Button>
		</Dialog>
	);
}
