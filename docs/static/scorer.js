/* How the search ranks: what a field or an error is comes before where it is used. The weights are those of Sphinx. */
var Scorer = {
  score: ([docname, , , , score]) => {
    if (docname.startsWith("docs/reference/")) return score + 5;
    if (/^docs\/(commands|configuration|errors|lookups)$/.test(docname)) return score + 4;
    return docname === "CHANGELOG" ? score - 4 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
