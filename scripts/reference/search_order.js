
// Appended to the search of pdoc, which splits names at underscores: max_retries finds what holds "max" most often.
// Entries that hold the word as it was typed come first: those of that name, then those with it in their signature or text.
window.pdocSearch = (function (search) {
    const fields = ["signature", "annotation", "bases", "doc"];

    function holds(entry, word) {
        return fields.some((field) => {
            const text = (entry[field] || "").replace(/<[^>]*>/g, " ");
            return (text.toLowerCase().match(/\w+/g) || []).includes(word);
        });
    }

    function rank(entry, word) {
        const name = (entry.qualname || "").split(".").pop().toLowerCase();
        if (name === word) {
            return 0;
        }
        if (!holds(entry, word)) {
            return 3;
        }
        // The client of the generator, which few readers need, has arguments of the same names.
        return entry.modulename.endsWith(".client") ? 2 : 1;
    }

    return (term) => {
        const word = term.trim().toLowerCase();
        const results = search(term);
        const ranks = new Map(results.map((result) => [result, rank(result.doc, word)]));
        return results.sort((one, other) => ranks.get(one) - ranks.get(other));
    };
})(window.pdocSearch);
