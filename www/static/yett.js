/* What makes Yett's forms a little more comfortable. Every page works without it. */
(function () {
	"use strict";

	const RETRY_MS = 10000; /* after this a form that got no answer may be sent again */

	function make(tag, properties, text) {
		const element = Object.assign(document.createElement(tag), properties);
		if (text !== undefined)
			element.textContent = text;
		return element;
	}

	/* A button beside each password that shows what was typed; what is sent is hidden again first. */
	function addReveal(input) {
		const label = document.querySelector(`label[for="${input.id}"]`);
		const name = label ? label.firstChild.textContent.trim().toLowerCase() : "password";
		const box = make("div", { className: "secret" });
		const button = make("button", { type: "button", className: "quiet" });

		function set(shown) {
			input.type = shown ? "text" : "password";
			button.textContent = shown ? "Hide" : "Show";
			button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} ${name}`);
		}

		button.setAttribute("aria-controls", input.id);
		input.replaceWith(box);
		box.append(input, button);
		input.autocapitalize = "none";
		input.spellcheck = false;
		set(false);
		button.addEventListener("click", () => set(input.type === "password"));
		input.form.addEventListener("submit", () => set(false));
	}

	function setError(input, text) {
		const id = `${input.id}-error`;
		const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((x) => x && x !== id);
		let message = document.getElementById(id);

		if (!text) {
			if (message)
				message.remove();
			input.removeAttribute("aria-invalid");
		} else {
			if (!message) {
				message = make("p", { id, className: "field-error" });
				input.closest(".field").querySelector("label").after(message);
			}
			if (message.textContent !== text)
				message.textContent = text;
			input.setAttribute("aria-invalid", "true");
			others.push(id);
		}
		if (others.length > 0)
			input.setAttribute("aria-describedby", others.join(" "));
		else
			input.removeAttribute("aria-describedby");
	}

	/*
	 * A repeated password that differs from what data-same-as names is not sent. It is told only then, not when the
	 * field is left: the button that is being pressed would move away under the pointer.
	 */
	function checkRepeat(repeat) {
		const first = document.getElementById(repeat.dataset.sameAs);
		const differs = () => repeat.value !== first.value;
		const tell = () => setError(repeat, differs() ? "The two passwords differ" : "");

		for (const input of [first, repeat])
			input.addEventListener("input", () => repeat.getAttribute("aria-invalid") && tell());
		repeat.form.addEventListener("submit", (event) => {
			if (!differs())
				return;
			event.preventDefault();
			tell();
			repeat.focus();
		});
	}

	/* The solution of a challenge, if one is asked for; else "". */
	async function findWork() {
		const { required, challenge, bits } = await (await fetch("/auth/challenge")).json();
		const worker = required && new Worker("/static/work.js");

		return !required ? "" : new Promise((resolve, reject) => {
			worker.onmessage = (event) => resolve(event.data);
			worker.onerror = reject;
			worker.postMessage({ challenge, bits });
		}).finally(() => worker.terminate());
	}

	/*
	 * A form that may have to work does so when it is sent, and is sent then, as if it had been pressed again. Where that
	 * fails it goes without, and the server says what is wrong. ${status} told who has no JavaScript to turn it on.
	 */
	function workFirst(status) {
		const form = status.closest("form"), field = form.elements.work;
		let state = "idle";

		status.textContent = "";
		form.addEventListener("submit", async (event) => {
			const done = state === "done";

			if (event.defaultPrevented) {
				state = done ? "idle" : state;
				return;
			}
			if (done) {
				state = "idle";
				setTimeout(() => { field.value = ""; }); /* it counts once */
				return;
			}
			event.preventDefault();
			if (state === "working")
				return;
			state = "working";
			status.textContent = "Checking that you are no robot. This takes a moment.";
			field.value = await findWork().catch(() => "");
			state = "done";
			status.textContent = "";
			form.requestSubmit(event.submitter);
		});
	}

	/* Two clicks are one sign-up. */
	function sendOnce(form) {
		form.addEventListener("submit", (event) => {
			if (event.defaultPrevented)
				return;
			if (form.getAttribute("aria-busy") === "true") {
				event.preventDefault();
				return;
			}
			form.setAttribute("aria-busy", "true");
			setTimeout(() => form.removeAttribute("aria-busy"), RETRY_MS);
		});
	}

	/* "2026-01-31 12:00 UTC" becomes "5 minutes ago", and the exact time in the reader's zone its title. */
	function tellAge(element) {
		const at = Date.parse(element.textContent.trim().replace(" UTC", "Z").replace(" ", "T"));
		const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
		const age = Math.round((Date.now() - at) / 1000);
		const unit = units.find(([, s]) => age >= s);

		if (Number.isNaN(at) || age < -60)
			return;
		element.title = new Date(at).toLocaleString();
		element.textContent = !unit ? "just now" : new Intl.RelativeTimeFormat(document.documentElement.lang,
		    { numeric: "auto" }).format(-Math.floor(age / unit[1]), unit[0]);
	}

	/*
	 * The code of a mailed link is its fragment, which browsers send to nobody. It is taken out of the address, lest it be
	 * copied on. With data-token="NAME" it is kept in this tab under that name, while its owner signs in or up on the way.
	 */
	function takeToken(input) {
		const name = input.dataset.token && `yett-${input.dataset.token}`;
		let token = "";

		if (/^#[A-Za-z0-9_-]{43}$/.test(location.hash)) {
			token = location.hash.slice(1);
			history.replaceState(null, "", location.pathname + location.search);
			if (name)
				sessionStorage.setItem(name, token);
		}
		if (token || input.value === "")
			input.value = token || (name && sessionStorage.getItem(name)) || "";
		if (input.value !== "" && input.closest("details"))
			input.closest("details").open = true;
	}

	/* What was just done is told once: not again after a reload. Without the fragment it is no target any more. */
	function tellNotice() {
		const notice = location.hash.length > 1 && document.getElementById(location.hash.slice(1));

		if (!notice || !notice.classList.contains("notice"))
			return;
		if (notice.id === "joined")
			sessionStorage.removeItem("yett-invitation");
		notice.classList.add("told");
		notice.focus();
		history.replaceState(null, "", location.pathname + location.search);
	}

	document.querySelectorAll("input[type=password]").forEach(addReveal);
	document.querySelectorAll("input[data-same-as]").forEach(checkRepeat);
	document.querySelectorAll("[data-work]").forEach(workFirst);
	document.querySelectorAll("form[method=post]").forEach(sendOnce);
	document.querySelectorAll("[data-time]").forEach(tellAge);
	document.querySelectorAll("[data-token]").forEach(takeToken);
	tellNotice();
	/* A link that is pasted where its page is open already changes the fragment, and loads nothing. */
	addEventListener("hashchange", () => document.querySelectorAll("[data-token]").forEach(takeToken));
	/* A page that comes back from the browser's memory is as it was left: busy. */
	addEventListener("pageshow", () => {
		document.querySelectorAll("[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
	});
})();
