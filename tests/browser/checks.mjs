/* What can be measured of a page's accessibility: WCAG 2.2, by hand. Each returns a list of what is wrong. */

/* Names, structure and references. */
export function structure(page) {
	return page.evaluate(() => {
		const wrong = [];
		const all = (selector) => [...document.querySelectorAll(selector)];
		const ids = all("[id]").map((e) => e.id);

		if (!document.documentElement.lang)
			wrong.push("no lang");
		if (!document.title.trim())
			wrong.push("no title");
		for (const [selector, count] of [["h1", 1], ["main", 1], ["header", 1], ["a.skip[href='#main']", 1],
			["meta[name=viewport]", 1]])
			if (all(selector).length !== count)
				wrong.push(`${all(selector).length} of ${selector}`);
		for (const id of ids)
			if (ids.filter((other) => other === id).length > 1)
				wrong.push(`twice: #${id}`);
		for (const e of all("input:not([type=hidden]):not([hidden]), select, textarea"))
			if (e.labels.length === 0 || !e.labels[0].textContent.trim())
				wrong.push(`no label: ${e.outerHTML}`);
		for (const e of all("button, a"))
			if (!(e.getAttribute("aria-label") ?? e.textContent).trim())
				wrong.push(`no name: ${e.outerHTML}`);
		for (const e of all("img:not([alt])"))
			wrong.push(`no alt: ${e.outerHTML}`);
		for (const name of ["aria-describedby", "aria-labelledby", "aria-controls"])
			for (const e of all(`[${name}]`))
				for (const id of e.getAttribute(name).split(/\s+/))
					if (!document.getElementById(id))
						wrong.push(`${name} of nothing: ${id}`);
		for (const e of all("a[href^='#']"))
			if (!document.getElementById(e.hash.slice(1)))
				wrong.push(`link to nothing: ${e.hash}`);
		let level = 0;
		for (const e of all("h1, h2, h3, h4, h5, h6")) {
			if (Number(e.tagName[1]) > level + 1)
				wrong.push(`${e.tagName} after level ${level}`);
			level = Number(e.tagName[1]);
		}
		for (const e of all("[style], style, script:not([src])"))
			wrong.push(`inline: ${e.outerHTML}`);
		return wrong;
	});
}

/* Text 4.5:1 (large 3:1) and the edges of controls 3:1 against what is behind them. 1.4.3, 1.4.11. */
export function contrast(page) {
	return page.evaluate(() => {
		const wrong = [];
		const parse = (color) => {
			const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
			return { r, g, b, a };
		};
		const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a),
			g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
		const behind = (element) => {
			const layers = [];
			for (let e = element; e; e = e.parentElement) {
				layers.push(parse(getComputedStyle(e).backgroundColor));
				if (layers.at(-1).a === 1)
					break;
			}
			return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
		};
		const luminance = ({ r, g, b }) => [r, g, b].map((v) => v / 255)
			.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const ratio = (a, b) => {
			const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
			return (x + 0.05) / (y + 0.05);
		};
		const check = (element, what, color, ground, least) => {
			const found = ratio(over(parse(color), ground), ground);
			if (found < least)
				wrong.push(`${found.toFixed(2)} < ${least}: ${what} of ${element.outerHTML.slice(0, 120)}`);
		};

		for (const e of document.querySelectorAll("body *")) {
			const style = getComputedStyle(e);
			const text = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());

			if (!e.checkVisibility({ visibilityProperty: true }))
				continue;
			if (text || e.matches("input")) {
				const size = parseFloat(style.fontSize);
				const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
				check(e, "text", style.color, behind(e), large ? 3 : 4.5);
			}
			if (e.matches("input[placeholder]"))
				check(e, "placeholder", getComputedStyle(e, "::placeholder").color, behind(e), 4.5);
			if (e.matches("input, .quiet"))
				check(e, "edge", style.borderTopColor, behind(e.parentElement), 3);
			if (e.matches(".button"))
				check(e, "area", style.backgroundColor, behind(e.parentElement), 3);
		}
		return wrong;
	});
}

/* Nothing to press is under 24 by 24 pixels, but for links inside a sentence. 2.5.8. */
export function targets(page) {
	return page.evaluate(() => [...document.querySelectorAll("a, button, input, summary")]
		.filter((e) => e.checkVisibility() && !e.closest("p") && !e.matches(".skip"))
		.map((e) => [e.getBoundingClientRect(), e])
		.filter(([box]) => box.width < 24 || box.height < 24)
		.map(([box, e]) => `${box.width} x ${box.height}: ${e.outerHTML.slice(0, 100)}`));
}

/* Nothing is cut off at the side, and nothing makes the page scroll there. 1.4.10. */
export function width(page) {
	return page.evaluate(() => {
		const wide = document.documentElement.clientWidth;
		const wrong = [...document.querySelectorAll("body *")]
			.filter((e) => e.checkVisibility() && !e.closest(".unseen, .skip"))
			.filter((e) => e.getBoundingClientRect().right > wide + 0.5 || e.getBoundingClientRect().left < -0.5)
			.map((e) => `sticks out: ${e.outerHTML.slice(0, 100)}`);

		if (document.documentElement.scrollWidth > wide)
			wrong.push(`${document.documentElement.scrollWidth} pixels in ${wide}`);
		return wrong;
	});
}

/* Going through the page by Tab, each stop can be seen. Returns the stops' names, too. 2.4.7. */
export async function focusOrder(page) {
	const stops = [], wrong = [];

	for (let i = 0; i < 60; i++) {
		await page.keyboard.press("Tab");
		const stop = await page.evaluate(() => {
			const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();

			return e === document.body ? null : {
				name: (e.getAttribute("aria-label") ?? e.labels?.[0]?.firstChild.textContent ?? e.textContent).trim(),
				seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 &&
				    box.top < innerHeight,
			};
		});

		if (stop === null)
			break;
		if (!stop.seen)
			wrong.push(`focus not seen: ${stop.name}`);
		stops.push(stop.name);
	}
	return { stops, wrong };
}

export async function everything(page) {
	return [...await structure(page), ...await contrast(page), ...await targets(page), ...await width(page)];
}
