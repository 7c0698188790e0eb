package registry

// legalForm is the one spelling of a legal form that stands at the end of a
// name, "" when words are none. Forms that are the same in law have the same
// spelling; those of different countries may share one, which does no harm:
// names are compared within a country.
func legalForm(words string) string {
	switch words {
	case "ltd", "limited":
		return "ltd"
	case "co ltd", "company limited", "co limited", "company ltd":
		return "co ltd"
	case "pty ltd", "proprietary limited", "pty limited", "proprietary ltd":
		return "pty ltd"
	case "pvt ltd", "private limited", "private ltd", "pvt limited", "pte ltd", "pte limited":
		return "pvt ltd"
	case "plc", "public limited company":
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
	case "gmbh", "gesellschaft mit beschrankter haftung", "gesmbh", "ges mbh", "mbh":
		return "gmbh"
	case "gmbh and co kg", "gmbh co kg", "gmbh and cokg", "gmbh u co kg":
		return "gmbh and co kg"
	case "ag and co kg", "and co kg":
		return words
	case "ug", "ug haftungsbeschrankt", "unternehmergesellschaft", "unternehmergesellschaft haftungsbeschrankt":
		return "ug"
	case "ag", "aktiengesellschaft":
		return "ag"
	case "kg", "kommanditgesellschaft":
		return "kg"
	case "kgaa", "ohg", "gbr", "ek", "eg", "ev", "se", "eu", "sce":
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
	case "sa de cv", "sab de cv", "s de rl de cv", "srl de cv":
		return words
	case "ltda", "limitada", "lda":
		return "ltda"
	case "eireli", "me", "epp":
		return words
	case "spa", "societa per azioni":
		return "spa"
	case "srl", "societa a responsabilita limitata":
		return "srl"
	case "srls", "sapa":
		return words
	case "bv", "besloten vennootschap":
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
	case "oy", "osakeyhtio":
		return "oy"
	case "oyj", "julkinen osakeyhtio":
		return "oyj"
	case "hf", "ehf", "ans", "ivs", "hb", "kb":
		return words
	case "sro", "spol sro":
		return "sro"
	case "sp zoo", "spzoo", "spolka z ograniczona odpowiedzialnoscia", "spolka zoo":
		return "sp zoo"
	case "kft", "korlatolt felelossegu tarsasag":
		return "kft"
	case "zrt", "nyrt", "bt", "doo", "dd", "dooel", "ood", "eood", "ad", "ead", "sia", "uab", "ou", "epe", "ae", "ike":
		return words
	case "anonim sirketi":
		return "as"
	case "ltd sti", "limited sirketi":
		return "ltd sti"
	case "kk", "kabushiki kaisha":
		return "kk"
	case "gk", "godo kaisha":
		return "gk"
	case "tbk", "sdn bhd", "sendirian berhad", "bhd", "berhad", "fze", "fzco", "fz llc", "wll", "bsc", "ulc", "unlimited", "ltee", "rf":
		return words
	}
	return ""
}
