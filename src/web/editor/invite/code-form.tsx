import { Field, FieldBox } from "../kit/fields.tsx";
import { Form } from "../kit/form.tsx";
import { texts } from "../texts/texts.ts";

const HOURS = [1, 2, 4, 8, 24] as const;
/** A lesson, and what comes in between. */
export const DEFAULT_HOURS = 4;
const DEFAULT_SEATS = 40;

export interface CodeFormProps {
	/** Seats of the block; null: none yet. */
	readonly seats: number | null;
	readonly button: string;
	/** Says itself why it was refused. */
	readonly make: (hours: number, seats?: number) => Promise<void>;
}

/** Asks how many may join, and for how long a code is to be good. */
export function CodeForm({ seats, button, make }: CodeFormProps) {
	const words = texts.value.invite;
	const submit = async (fields: FormData) => {
		const wanted = Number(fields.get("seats"));
		const hours = Number(fields.get("hours"));
		await make(hours, wanted === seats ? undefined : wanted);
		return undefined;
	};
	return (
		<Form button={button} submit={submit}>
			<div class="invite-fields">
				<Field
					label={words.seats}
					hint={words.seatsHint}
					name="seats"
					type="number"
					min={1}
					step={1}
					required
					value={String(seats ?? DEFAULT_SEATS)}
				/>
				<FieldBox label={words.hours}>
					{(ids) => (
						<select {...ids} name="hours">
							{HOURS.map((hours) => (
								<option key={hours} value={hours} selected={hours === DEFAULT_HOURS}>
									{words.hoursOf(hours)}
								</option>
							))}
						</select>
					)}
				</FieldBox>
			</div>
		</Form>
	);
}
