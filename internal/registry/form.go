package registry

// legalForm is the one spelling of a legal form that stands at the end of a
// name, "" when words are none. Forms that are the same in law have the same
// spelling; those of different countries may share one, which does no harm:
// names are compared within a country. Where a form has an accent in full, its
// wide spelling is there too.
func legalForm(words string) string {
	switch words {
	case "ltd", "limited", "cyf", "cyfyngedig", "teo", "teoranta":
		return "ltd"
	case "co ltd", "company limited", "co limited", "company ltd":
		return "co ltd"
	case "pty ltd", "proprietary limited", "pty limited", "proprietary ltd":
		return "pty ltd"
	case "pvt ltd", "private limited", "private ltd", "pvt limited", "pte ltd", "pte limited":
		return "pvt ltd"
	case "plc", "public limited company", "ccc", "cwmni cyfyngedig cyhoeddus", "cpt", "cuideachta phoibli theoranta":
		return "plc"
	case "llp", "limited liability partnership":
		return "llp"
	case "lp", "limited partnership":
		return "lp"
	case "llc", "limited liability company", "lc":
		return "llc"
	case "inc", "incorporated":
		return "inc"
	case "corp", "corporation":
		return "corp"
	case "co", "company":
		return "co"
	case "dac", "designated activity company":
		return "dac"
	case "clg", "company limited by guarantee":
		return "clg"
	case "gmbh", "gesellschaft mit beschraenkter haftung", "gesellschaft mit beschrankter haftung", "gesmbh", "ges mbh", "mbh":
		return "gmbh"
	case "gmbh and co kg", "gmbh co kg", "gmbh and cokg", "gmbh u co kg", "gesellschaft mit beschrankter haftung and co kg", "gesellschaft mit beschraenkter haftung and co kg",
		"gesellschaft mit beschrankter haftung and co kommanditgesellschaft", "gesellschaft mit beschraenkter haftung and co kommanditgesellschaft", "gmbh and co kommanditgesellschaft":
		return "gmbh and co kg"
	case "ag and co kg", "ug and co kg", "and co kg", "gmbh and co ohg", "gmbh and co kgaa", "ag and co kgaa", "se and co kgaa":
		return words
	case "ug", "ug haftungsbeschrankt", "ug haftungsbeschraenkt", "unternehmergesellschaft", "unternehmergesellschaft haftungsbeschrankt", "unternehmergesellschaft haftungsbeschraenkt":
		return "ug"
	case "ag", "aktiengesellschaft":
		return "ag"
	case "kg", "kommanditgesellschaft":
		return "kg"
	case "kgaa", "kommanditgesellschaft auf aktien":
		return "kgaa"
	case "ohg", "offene handelsgesellschaft":
		return "ohg"
	case "ek", "eingetragener kaufmann", "eingetragene kauffrau", "ekfm", "ekfr":
		return "ek"
	case "eg", "eingetragene genossenschaft":
		return "eg"
	case "ev", "eingetragener verein":
		return "ev"
	case "se", "societas europaea":
		return "se"
	case "gbr", "eu", "sce":
		return words
	case "sa", "societe anonyme", "sociedad anonima", "sociedade anonima":
		return "sa"
	case "sas", "societe par actions simplifiee":
		return "sas"
	case "sasu", "eurl", "sci", "snc", "scop":
		return words
	case "sarl", "societe a responsabilite limitee":
		return "sarl"
	case "sl", "sociedad limitada", "sociedad de responsabilidad limitada":
		return "sl"
	case "slu", "sau", "slp", "sll":
		return words
	case "sociedad anonima de capital variable":
		return "sa de cv"
	case "sa de cv", "sab de cv", "s de rl de cv", "srl de cv":
		return words
	case "ltda", "limitada", "lda":
		return "ltda"
	case "eireli", "me", "epp":
		return words
	case "spa", "societa per azioni":
		return "spa"
	case "srl", "societa a responsabilita limitata", "societate cu raspundere limitata":
		return "srl"
	case "srls", "sapa":
		return words
	case "bv", "besloten vennootschap", "besloten vennootschap met beperkte aansprakelijkheid":
		return "bv"
	case "nv", "naamloze vennootschap":
		return "nv"
	case "bvba", "vof", "cvba":
		return words
	case "ab", "aktiebolag", "aktiebolaget":
		return "ab"
	case "as", "aksjeselskap", "aktieselskab":
		return "as"
	case "asa", "allmennaksjeselskap":
		return "asa"
	case "aps", "anpartsselskab":
		return "aps"
	case "oy", "osakeyhtio", "osakeyhtioe":
		return "oy"
	case "oyj", "julkinen osakeyhtio", "julkinen osakeyhtioe":
		return "oyj"
	case "hf", "ehf", "ans", "ivs", "hb", "kb":
		return words
	case "sro", "spol sro":
		return "sro"
	case "sp zoo", "spzoo", "spolka z ograniczona odpowiedzialnoscia", "spolka zoo", "spolka z oo":
		return "sp zoo"
	case "kft", "korlatolt felelossegu tarsasag", "korlatolt feleloessegue tarsasag":
		return "kft"
	case "zrt", "nyrt", "bt", "doo", "dd", "dooel", "ood", "eood", "ad", "ead", "sia", "uab", "ou", "epe", "ae", "ike":
		return words
	case "anonim sirketi":
		return "as"
	case "ltd sti", "limited sirketi":
		return "ltd sti"
	case "kk", "kabushiki kaisha", "kabushiki gaisha", "kabushikikaisha", "kabushikigaisha":
		return "kk"
	case "gk", "godo kaisha", "godo gaisha":
		return "gk"
	case "yk", "yugen kaisha", "yugen gaisha":
		return "yk"
	case "tbk", "sdn bhd", "sendirian berhad", "bhd", "berhad", "fze", "fzco", "fz llc", "wll", "bsc", "ulc", "unlimited", "ltee", "rf":
		return words
	}
	return ""
}
