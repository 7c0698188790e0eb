package directory

// The English names by which countries and languages are looked for. A test
// holds them complete, and the countries' against package country, which isn't
// linked for them: its address rules would weigh on every cold start.

var countryNames = map[string]string{
	"AT": "Austria", "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "DE": "Germany", "DK": "Denmark", "ES": "Spain",
	"FI": "Finland", "FR": "France", "GB": "United Kingdom", "JP": "Japan", "KE": "Kenya", "NG": "Nigeria", "NL": "Netherlands", "NO": "Norway",
	"PT": "Portugal", "SE": "Sweden", "US": "United States", "ZA": "South Africa",
}

var languageNames = map[string]string{
	"ca": "Catalan", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French", "it": "Italian",
	"ja": "Japanese", "nb": "Norwegian", "nl": "Dutch", "pt": "Portuguese", "sv": "Swedish", "sw": "Swahili",
}
