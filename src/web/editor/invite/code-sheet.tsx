import { useState } from "preact/hooks";
import { FieldBox } from "../kit/fields.tsx";
import type { Reached } from "../screens/people/sheet-address.ts";
import { texts } from "../texts/texts.ts";
import { codeAddress, halves, joinAddresses, typedAddress } from "./join-address.ts";
import type { KeptCode } from "./kept-code.ts";
import { QrCode } from "./qr-code.tsx";

export interface CodeSheetProps {
	readonly code: KeptCode;
	/** Undefined: not known yet. */
	readonly reached: Reached | undefined;
}

/** What a class looks at: the QR code, and below it what those type whose camera does not read it. It is printed, too. */
export function CodeSheet({ code: { code, address }, reached }: CodeSheetProps) {
	const words = texts.value.invite;
	const [chosen, setChosen] = useState<string>();
	const addresses = joinAddresses(address, reached);
	const shown = chosen ?? addresses[0] ?? address;
	const [first, second] = halves(code);
	return (
		<div class="invite-sheet">
			<QrCode text={codeAddress(shown, code)} label={words.qr(codeAddress(shown, code))} />
			<div class="invite-typed">
				<p class="invite-or">{words.orOpen}</p>
				<p class="invite-address">{typedAddress(shown)}</p>
				<p class="invite-or">{words.andType}</p>
				<p class="invite-code">
					<span class="kit-unseen">{code.split("").join(" ")}</span>
					<span aria-hidden="true">
						<span>{first}</span> <span>{second}</span>
					</span>
				</p>
				{addresses.length > 1 && (
					<FieldBox label={words.otherAddress}>
						{(ids) => (
							<select
								{...ids}
								value={shown}
								onChange={({ currentTarget }) => setChosen(currentTarget.value)}
							>
								{addresses.map((one) => (
									<option key={one} value={one}>
										{new URL(one).host}
									</option>
								))}
							</select>
						)}
					</FieldBox>
				)}
			</div>
		</div>
	);
}
