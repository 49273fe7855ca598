import type { ComponentChild } from "preact";
import { useRef, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";

export interface NewUnit {
	/** The dialog, while it is open. */
	readonly dialog: ComponentChild;
	/** Opens it. @returns the id of the unit made; undefined: none was. */
	readonly ask: () => Promise<number | undefined>;
}

/** Makes a unit while something else is edited. @param load Loads the units again. */
export function useNewUnit(app: App, load: () => Promise<void>): NewUnit {
	const [isOpen, setIsOpen] = useState(false);
	const answer = useRef<(id: number | undefined) => void>(() => {});
	const { models } = texts.value;
	const close = (id: number | undefined) => {
		setIsOpen(false);
		answer.current(id);
	};
	const submit = async (fields: FormData) => {
		const unit_name = String(fields.get("unit_name"));
		const made = await app.ask<{ readonly unit_id: number }>("PUT", "api/v0/unit", { unit_name });
		if (!made.ok) return made.reason;
		await load();
		close(made.body.unit_id);
		return undefined;
	};
	const dialog = isOpen && (
		<Dialog title={models.unitName} onClose={() => close(undefined)}>
			<Form submit={submit} button={models.add}>
				<Field
					label={models.name}
					name="unit_name"
					required
					maxLength={200}
					data-autofocus
					autocomplete="off"
				/>
			</Form>
		</Dialog>
	);
	const ask = () => {
		setIsOpen(true);
		const { promise, resolve } = Promise.withResolvers<number | undefined>();
		answer.current = resolve;
		return promise;
	};
	return { dialog, ask };
}
